using Orleans.Metadata;
using Orleans.Placement;

namespace Actors.Grains;

/// <summary>
/// Places a grain on the silo whose node leads the grain's log: a partition grain at its partition's leader, any other grain at the
/// leader of its <see cref="AppendOnlyLogAttribute"/> log. Before that log exists the grain may start on any silo.
/// Placement only says where a new activation goes; whether a node leads is checked by the log itself, at every call.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class LeaderPlacementAttribute : PlacementAttribute
{
    /// <summary>Placement at the leader of the log in the storage <paramref name="storageName"/>.</summary>
    public LeaderPlacementAttribute(string storageName = LogStorage.DefaultName)
        : base(new LeaderPlacementStrategy(storageName)) => StorageName = storageName;

    /// <summary>Name of the log storage.</summary>
    public string StorageName { get; }
}

/// <summary>The strategy of <see cref="LeaderPlacementAttribute"/>, as Orleans passes it about.</summary>
[GenerateSerializer, Immutable, Alias("actors.leader-placement")]
public sealed class LeaderPlacementStrategy : PlacementStrategy
{
    private const string StorageProperty = "actors.log-storage";

    /// <summary>For Orleans, which then calls <see cref="Initialize"/>.</summary>
    public LeaderPlacementStrategy()
        : this(LogStorage.DefaultName)
    {
    }

    /// <summary>Placement at the leader of the log in the storage <paramref name="storageName"/>.</summary>
    public LeaderPlacementStrategy(string storageName) => StorageName = storageName;

    /// <summary>Name of the log storage.</summary>
    [Id(0)] public string StorageName { get; private set; }

    /// <inheritdoc/>
    public override void Initialize(GrainProperties properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        base.Initialize(properties);
        StorageName = properties.Properties.TryGetValue(StorageProperty, out var name) ? name : LogStorage.DefaultName;
    }

    /// <inheritdoc/>
    public override void PopulateGrainProperties(
        IServiceProvider services, Type grainClass, GrainType grainType, Dictionary<string, string> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        base.PopulateGrainProperties(services, grainClass, grainType, properties);
        properties[StorageProperty] = StorageName;
    }
}
