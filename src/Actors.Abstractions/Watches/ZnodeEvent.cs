namespace Actors.Abstractions;

/// <summary>
/// A change of a znode. It says that something happened, not what is there now: read it for that. A read that is made with this event's
/// zxid as the caller's last one (as the client does by itself) finds the tree at this change or later.
/// </summary>
[GenerateSerializer, Immutable, Alias("actors.znode-event")]
public readonly record struct ZnodeEvent
{
    /// <summary>What happened.</summary>
    [Id(0)] public WatchEventType Type { get; init; }

    /// <summary>The znode that it happened to.</summary>
    [Id(1)] public string Path { get; init; }

    /// <summary>The command that did it.</summary>
    [Id(2)] public long Zxid { get; init; }

    /// <summary>Which of the command's changes it is, counted from 0: the same on every node.</summary>
    [Id(3)] public int Index { get; init; }

    /// <summary>Where a subscription goes on that has seen this event.</summary>
    public ZnodeEventToken Token => new(Zxid, Index);
}
