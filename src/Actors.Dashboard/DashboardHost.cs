using Actors.Dashboard.Api;
using Actors.Dashboard.Health;
using Actors.Dashboard.Metrics;
using Actors.Dashboard.Pages;
using Actors.Dashboard.Sampling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Actors.Dashboard;

/// <summary>
/// The dashboard's own small web host: its listener, routes and services stay apart from an application that embeds the node. It
/// answers from the first moment of a start (<c>/health/ready</c> says 503 until the node is ready) to the last of a stop.
/// </summary>
public sealed class DashboardHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly NodeSampler _sampler;

    private DashboardHost(WebApplication app, NodeSampler sampler)
    {
        _app = app;
        _sampler = sampler;
    }

    /// <summary>The port that is bound.</summary>
    public int Port { get; private set; }

    /// <summary>The sampler behind the page.</summary>
    internal NodeSampler Sampler => _sampler;

    /// <summary>Binds and serves.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<DashboardHost> StartAsync(
        DashboardHostOptions options,
        NodeStatus status,
        NodeHealth health,
        TimeProvider time,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var sampler = new NodeSampler(status, health, time);
        var host = new DashboardHost(Build(options, status, health, sampler, loggers), sampler);
        try
        {
            await host._app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await host._app.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var bound = host._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        host.Port = BindingAddress.Parse(bound).Port;
        sampler.Start();
        return host;
    }

    /// <summary>Stops serving; open event streams end.</summary>
    public async ValueTask DisposeAsync()
    {
        using var deadline = new CancellationTokenSource(DashboardHostOptions.StopTimeout);
        await _app.StopAsync(deadline.Token).ConfigureAwait(false);
        await _sampler.DisposeAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private static WebApplication Build(
        DashboardHostOptions options, NodeStatus status, NodeHealth health, NodeSampler sampler, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = DashboardHostOptions.MaxRequestBodyBytes;
            kestrel.Limits.MaxRequestLineSize = DashboardHostOptions.MaxRequestLineBytes;
            kestrel.Limits.MaxConcurrentConnections = DashboardHostOptions.MaxConnections;
            kestrel.Listen(options.Address, options.Port);
        });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, GuestLifetime>();
        builder.Services.AddRoutingCore();
        var meter = new NodeMeter(status, health);
        builder.Services.AddSingleton(_ => meter);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("actors", serviceVersion: status.Version))
            .WithMetrics(m => m.AddMeter(NodeMeter.Name).AddMeter("System.Runtime").AddPrometheusExporter()
                .AddView(i => meter.Owns(i) ? null : MetricStreamConfiguration.Drop));

        var app = builder.Build();
        app.Services.GetRequiredService<NodeMeter>(); // so that it is disposed of with the application
        var sameOrigin = new SameOrigin(options.Address, options.AdvertisedHost);
        app.Use(next => http => sameOrigin.InvokeAsync(http, next));
        app.UseRouting();
        PageEndpoints.Map(app);
        HealthEndpoints.Map(app, status, health);
        new ApiEndpoints(status, health, sampler, app.Lifetime.ApplicationStopping).Map(app);
        app.MapPrometheusScrapingEndpoint("/metrics");
        return app;
    }

    /// <summary>Signals are the outer host's: it stops the dashboard in its turn.</summary>
    private sealed class GuestLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
