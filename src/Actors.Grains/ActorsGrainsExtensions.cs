using Actors.Abstractions;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Streams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Hosting;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Actors.Grains;

/// <summary>Puts the grains of Actors, and logs for a service's own grains, into a silo.</summary>
public static class ActorsGrainsExtensions
{
    /// <summary>
    /// Adds topic, partition, consumer group, znode and tree grains, placement at the leader, the <see cref="AppendOnlyLogAttribute"/>
    /// facet and the log storage "logs". The silo's services must hold <see cref="Model.Ports.ICatalog"/>,
    /// <see cref="ICatalogCommands"/>, <see cref="ILocalPartitions"/> and <see cref="LeasePool"/>, and may hold
    /// <see cref="ILocalGroups"/> (for consumer groups), <see cref="ILocalTree"/> and <see cref="TreeClientSettings"/> (for znodes),
    /// <see cref="ITreeFeeds"/> (for the stream provider <see cref="WatchStreams.ProviderName"/>),
    /// <see cref="IBatchInflater"/> and <see cref="TimeProvider"/>; its <c>SiloOptions.SiloName</c> must be
    /// <see cref="Abstractions.ActorsCluster.SiloName"/> of its node. Adds an <see cref="IHealthSource"/>. May be called more than once.
    /// </summary>
    public static ISiloBuilder AddActorsGrains(this ISiloBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        if (services.Any(s => s.ServiceType == typeof(LogServices)))
        {
            return builder;
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<PartitionDoor>();
        services.AddSingleton<InternalTopics>();
        services.AddSingleton(p => new LogServices(
            p.GetRequiredService<PartitionDoor>(), p.GetRequiredService<InternalTopics>(), p.GetRequiredService<LeasePool>(),
            p.GetRequiredService<TimeProvider>(), p.GetService<IBatchInflater>() ?? new NoInflater()));
        services.TryAddSingleton(new TreeClientSettings());
        services.AddSingleton<WatchFaults>();
        services.AddSingleton<IHealthSource>(p => p.GetRequiredService<WatchFaults>());
        services.AddSingleton<IAttributeToFactoryMapper<AppendOnlyLogAttribute>, AppendOnlyLogMapper>();
        services.AddActorsWatchStreams();
        services.AddPlacementDirector<LeaderPlacementStrategy, LeaderPlacementDirector>();
        services.AddPlacementDirector<CoordinatorPlacementStrategy, CoordinatorPlacementDirector>();
        return builder.AddLogGrainStorage(LogStorage.DefaultName);
    }

    /// <summary>
    /// Adds a log storage: Orleans grain storage under <paramref name="name"/>, for <c>[PersistentState("...", name)]</c>, and logs for
    /// <c>[AppendOnlyLog(name)]</c>. Both live in internal topics named after it, made on first use.
    /// May be called more than once for a name; the settings add up.
    /// </summary>
    public static ISiloBuilder AddLogGrainStorage(
        this ISiloBuilder builder, string name, Action<LogGrainStorageOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        builder.AddActorsGrains();
        var services = builder.Services;
        if (configure is not null)
        {
            services.Configure(name, configure);
        }

        if (services.Any(s => s.ImplementationInstance is LogStorage storage && string.Equals(storage.Name, name, StringComparison.Ordinal)))
        {
            return builder;
        }

        services.AddSingleton(new LogStorage(name));
        services.AddKeyedSingleton(name, (p, _) => new StateLog(name, p.GetRequiredService<LogServices>()));
        services.AddOptions<LogGrainStorageOptions>(name).PostConfigure<IServiceProvider>((options, provider) =>
            options.GrainStorageSerializer ??= provider.GetKeyedService<IGrainStorageSerializer>(name)
                ?? ActivatorUtilities.CreateInstance<OrleansGrainStorageSerializer>(provider));
        services.AddGrainStorage(name, (provider, key) => new LogGrainStorage(
            provider.GetRequiredKeyedService<StateLog>(key),
            provider.GetRequiredService<IOptionsMonitor<LogGrainStorageOptions>>().Get(key).GrainStorageSerializer,
            provider.GetRequiredService<IActivatorProvider>()));
        return builder;
    }
}
