namespace Actors.Model.Znodes;

/// <summary>What a watch tells, with ZooKeeper's numbers (Watcher.Event.EventType).</summary>
public enum WatchEventType
{
    /// <summary>The znode was created.</summary>
    Created = 1,
    /// <summary>The znode was deleted.</summary>
    Deleted = 2,
    /// <summary>Its data was set.</summary>
    DataChanged = 3,
    /// <summary>A child was created or deleted.</summary>
    ChildrenChanged = 4,
}
