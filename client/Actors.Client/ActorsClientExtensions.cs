using Actors.Streams;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Actors.Client;

/// <summary>Puts an <see cref="ActorsClient"/> into a .NET host.</summary>
public static class ActorsClientExtensions
{
    /// <summary>Name of the connection string that holds the gateways: <c>ConnectionStrings__actors=host:port,host:port</c>.</summary>
    public const string ConnectionStringName = "actors";

    private static readonly TimeSpan s_connectPause = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Adds the client as a singleton, over an Orleans client of its own which connects when the host starts. The gateways are the
    /// connection string <see cref="ConnectionStringName"/>, if there is one; <paramref name="configure"/> has the last word.
    /// </summary>
    /// <exception cref="ArgumentException">A setting has a bad value.</exception>
    public static IHostApplicationBuilder AddActorsClient(
        this IHostApplicationBuilder builder, Action<ActorsClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new ActorsClientOptions();
        if (builder.Configuration.GetConnectionString(ConnectionStringName) is { Length: > 0 } gateways)
        {
            options.Gateways = gateways;
        }

        configure?.Invoke(options);
        options.Validate();
        builder.UseOrleansClient(client => Configure(client, options));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(p => new ActorsClient(
            p.GetRequiredService<IClusterClient>(), options, p.GetRequiredService<ILoggerFactory>(), p.GetRequiredService<TimeProvider>()));
        return builder;
    }

    private static void Configure(IClientBuilder client, ActorsClientOptions options)
    {
        client.UseStaticClustering(GatewayEndpoints.Resolve(options.Gateways));
        client.Configure<ClusterOptions>(o =>
        {
            o.ClusterId = options.ClusterId;
            o.ServiceId = options.ServiceId;
        });
        client.Services.AddActorsWatchStreams(o => o.Credentials = options.Credentials);
        client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = options.ResponseTimeout);
        long started = 0;
        client.UseConnectionRetryFilter(async (_, cancellationToken) =>
        {
            started = started == 0 ? TimeProvider.System.GetTimestamp() : started;
            if (TimeProvider.System.GetElapsedTime(started) >= options.ConnectTimeout)
            {
                return false;
            }

            await Task.Delay(s_connectPause, cancellationToken).ConfigureAwait(false);
            return true;
        });
    }
}
