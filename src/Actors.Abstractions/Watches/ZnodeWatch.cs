using System.Collections.Immutable;

namespace Actors.Abstractions;

/// <summary>A watch of a session.</summary>
[GenerateSerializer, Immutable, Alias("actors.znode-watch")]
public sealed record ZnodeWatch
{
    /// <summary>The znode; it need not exist.</summary>
    [Id(0)] public required string Path { get; init; }

    /// <summary>Whether all below it is watched too.</summary>
    [Id(1)] public bool IsRecursive { get; init; }

    /// <summary>What came behind this place is wanted too; -1: only what comes from now on.</summary>
    [Id(2)] public long SinceZxid { get; init; } = -1;

    /// <summary>See <see cref="SinceZxid"/>.</summary>
    [Id(3)] public int SinceIndex { get; init; }
}

/// <summary>What a session's watches become.</summary>
[GenerateSerializer, Immutable, Alias("actors.watch-change")]
public sealed record WatchChange
{
    /// <summary>Number of the change, one more than that of the one before: batches name it.</summary>
    [Id(0)] public int Version { get; init; }

    /// <summary>New watches.</summary>
    [Id(1)] public ImmutableArray<ZnodeWatch> Added { get; init; } = [];

    /// <summary>Watches that end.</summary>
    [Id(2)] public ImmutableArray<ZnodeWatch> Removed { get; init; } = [];
}

/// <summary>A change of watches was done.</summary>
/// <param name="Zxid">Added watches without a place of their own tell what comes behind this zxid.</param>
[GenerateSerializer, Immutable, Alias("actors.watch-changed")]
public sealed record WatchChanged([property: Id(0)] long Zxid);

/// <summary>How far a session is.</summary>
/// <param name="Version">For the watches of this change.</param>
/// <param name="Zxid">What happened up to here has been told.</param>
/// <param name="Index">See <paramref name="Zxid"/>.</param>
[GenerateSerializer, Immutable, Alias("actors.watch-progress")]
public sealed record WatchProgress([property: Id(0)] int Version, [property: Id(1)] long Zxid, [property: Id(2)] int Index);

/// <summary>Changes of the tree, as one message.</summary>
[GenerateSerializer, Immutable, Alias("actors.watch-batch")]
public sealed record WatchBatch
{
    /// <summary>Counts the session's batches, from 1.</summary>
    [Id(0)] public long Sequence { get; init; }

    /// <summary>The last change of watches that holds for it.</summary>
    [Id(1)] public int Version { get; init; }

    /// <summary>The changes, in order.</summary>
    [Id(2)] public ImmutableArray<ZnodeEvent> Events { get; init; } = [];

    /// <summary>What happened up to here has been told.</summary>
    [Id(3)] public long EndZxid { get; init; }

    /// <summary>See <see cref="EndZxid"/>.</summary>
    [Id(4)] public int EndIndex { get; init; }

    /// <summary>Some watches have a hole: it comes behind the events, and <see cref="EndZxid"/> says nothing.</summary>
    [Id(5)] public WatchGap? Gap { get; init; }
}
