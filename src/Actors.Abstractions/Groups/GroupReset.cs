using System.Collections.Immutable;

namespace Actors.Abstractions;

/// <summary>Where to move a group's offsets.</summary>
[GenerateSerializer, Immutable, Alias("actors.group-reset")]
public sealed record GroupReset
{
    /// <summary>The topic.</summary>
    [Id(0)] public required string Topic { get; init; }
    /// <summary>The partitions; empty: all of the topic.</summary>
    [Id(1)] public ImmutableArray<int> Partitions { get; init; } = [];
    /// <summary>What <see cref="Value"/> means.</summary>
    [Id(2)] public required GroupResetTarget To { get; init; }
    /// <summary>An offset, or a time in ms since 1970; not used for the log's ends.</summary>
    [Id(3)] public long Value { get; init; }
}

/// <summary>Kinds of places in a log. Values are persisted on the wire: they only grow.</summary>
[GenerateSerializer, Alias("actors.group-reset-target")]
public enum GroupResetTarget
{
    /// <summary>The first record that is kept.</summary>
    Earliest = 0,
    /// <summary>Behind the last record.</summary>
    Latest = 1,
    /// <summary>An offset, moved into the log where it lies outside.</summary>
    Offset = 2,
    /// <summary>The first record at or after a time; the end if there is none.</summary>
    Time = 3,
}
