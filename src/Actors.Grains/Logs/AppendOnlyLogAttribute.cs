namespace Actors.Grains;

/// <summary>
/// Gives a grain its own append-only log: <c>MyGrain([AppendOnlyLog("logs")] IAppendOnlyLog log)</c>. The log is an internal topic of one
/// partition, named after the grain and created at the first append; for a partition grain it is the topic's partition itself. Mark the
/// grain's class with <see cref="LeaderPlacementAttribute"/>, so that it runs where its log is led.
/// One log is one topic: meant for thousands of grains with histories of their own, not for millions of small states, for which
/// <c>[PersistentState("name", "logs")]</c> shares one topic.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class AppendOnlyLogAttribute : Attribute, IFacetMetadata
{
    /// <summary>A log in the storage <paramref name="storageName"/>.</summary>
    public AppendOnlyLogAttribute(string storageName = LogStorage.DefaultName)
    {
        ArgumentException.ThrowIfNullOrEmpty(storageName);
        StorageName = storageName;
    }

    /// <summary>Name of the storage, as given to <c>AddLogGrainStorage</c>.</summary>
    public string StorageName { get; }
}
