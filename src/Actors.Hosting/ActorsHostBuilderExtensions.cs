using Actors.Dashboard;
using Actors.Dashboard.Health;
using Actors.Hosting.Configuration;
using Actors.Grains;
using Actors.Hosting.Silo;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Storage.Codecs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Actors.Hosting;

/// <summary>Puts a node of Actors into a .NET host.</summary>
public static class ActorsHostBuilderExtensions
{
    /// <summary>
    /// Adds a whole node: storage, topics, listeners, an Orleans silo, the live page. The only composition root: everything is wired
    /// here and nowhere else. Hosted services start in the order of registration and stop in the opposite one, which gives the order
    /// of a stop: unready, listeners drained, Orleans stopped, logs flushed and marked clean.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="configure">Has the last word over the configuration's section <c>Actors</c>.</param>
    /// <param name="silo">More of Orleans: the application's own grains, filters, storage.</param>
    /// <exception cref="StartRefusedException">A setting is unknown or has a bad value.</exception>
    public static IHostApplicationBuilder UseActors(
        this IHostApplicationBuilder builder, Action<ActorsOptions>? configure = null, Action<ISiloBuilder>? silo = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = ActorsConfiguration.Load(builder.Configuration, configure);
        var endpoints = OrleansEndpoints.Choose(options);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(endpoints);
        services.AddSingleton(p => new NodeStatus(p.GetRequiredService<TimeProvider>(), CommandLine.Version()));
        services.AddSingleton<NodeHealth>();
        services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownTimeout);

        services.TryAddSingleton(_ => new LeasePool());
        services.TryAddSingleton<IBatchInflater, BatchInflater>();
        services.AddSingleton<ICatalog>(p => p.GetRequiredService<NodeService>().Node.Catalog);
        services.AddSingleton<ICatalogCommands>(p => p.GetRequiredService<NodeService>().Node.Commands);
        services.AddSingleton<ILocalPartitions>(p => p.GetRequiredService<NodeService>().Node.Partitions);
        services.AddSingleton<ILocalGroups>(p => p.GetRequiredService<NodeService>().Node.Groups);
        services.AddSingleton<ILocalTree>(p => p.GetRequiredService<NodeService>().Node.Tree);
        services.AddSingleton(ZooKeeperSettings.Clients(options));
        services.AddSingleton<ITreeFeeds>(p => p.GetRequiredService<NodeService>().Node.Feeds);
        services.AddSingleton<NodeService>();
        services.AddHostedService(p => p.GetRequiredService<NodeService>());
        builder.UseOrleans(orleans =>
        {
            OrleansSetup.Configure(orleans, options, endpoints);
            orleans.AddActorsGrains();
            silo?.Invoke(orleans);
        });
        services.AddHostedService<ReadyService>();
        return builder;
    }

    /// <summary>A stop takes at most this long: 20 s; what is not flushed then is recovered at the next start, as after a crash.</summary>
    public static TimeSpan ShutdownTimeout { get; } = TimeSpan.FromSeconds(20);
}
