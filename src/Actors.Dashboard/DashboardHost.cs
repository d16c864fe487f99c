using System.Net;
using Actors.Dashboard.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Actors.Dashboard;

/// <summary>
/// The dashboard's own small web host: its listener, routes and services stay apart from an application that embeds the node. It
/// answers from the first moment of a start (<c>/health/ready</c> says 503 until the node is ready) to the last of a stop.
/// </summary>
public sealed class DashboardHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DashboardHost(WebApplication app) => _app = app;

    /// <summary>The port that is bound.</summary>
    public int Port { get; private set; }

    /// <summary>Binds and serves.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<DashboardHost> StartAsync(
        DashboardHostOptions options, NodeStatus status, NodeHealth health, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = DashboardHostOptions.MaxRequestBodyBytes;
            kestrel.Limits.MaxConcurrentConnections = DashboardHostOptions.MaxConnections;
            kestrel.Listen(options.Address, options.Port);
        });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.UseRouting();
        HealthEndpoints.Map(app, status, health);
        var host = new DashboardHost(app);
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        host.Port = BindingAddress.Parse(bound).Port;
        return host;
    }

    /// <summary>Stops serving; open event streams end.</summary>
    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(DashboardHostOptions.StopTimeout);
        await _app.StopAsync(deadline.Token).ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>Where the dashboard listens, and its limits.</summary>
/// <param name="Address">Address to bind.</param>
/// <param name="Port">Port to bind; 0: a free one.</param>
public sealed record DashboardHostOptions(IPAddress Address, int Port)
{
    /// <summary>Largest request body: 64 KiB; nothing here takes a large one.</summary>
    public const long MaxRequestBodyBytes = 64 * 1024;

    /// <summary>Most connections at a time: 1,000, so that a crowd of browsers cannot take the node's memory.</summary>
    public const long MaxConnections = 1000;

    /// <summary>Longest wait for open requests at a stop: 2 s.</summary>
    public static TimeSpan StopTimeout { get; } = TimeSpan.FromSeconds(2);
}
