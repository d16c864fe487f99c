using System.Collections.Immutable;

namespace Actors.Abstractions;

/// <summary>Kinds of reads. Values travel: they only grow.</summary>
[GenerateSerializer, Alias("actors.znode-read-kind")]
public enum ZnodeReadKind
{
    /// <summary>Data and Stat.</summary>
    Data = 0,
    /// <summary>Stat.</summary>
    Exists = 1,
    /// <summary>A page of the children's names.</summary>
    Children = 2,
    /// <summary>The access list.</summary>
    Acl = 3,
    /// <summary>How many znodes are below it, at all depths.</summary>
    CountBelow = 4,
    /// <summary>Paths of the caller's own ephemeral znodes that begin with the path.</summary>
    Ephemerals = 5,
}

/// <summary>One read.</summary>
/// <param name="Kind">What is wanted.</param>
/// <param name="Path">Of which znode.</param>
/// <param name="After">Of children and ephemerals: only names (paths) behind this one in ordinal order; null: from the first on.</param>
/// <param name="MaxNames">Of children and ephemerals: at most so many; 0: as many as an answer takes.</param>
[GenerateSerializer, Immutable, Alias("actors.znode-read")]
public sealed record ZnodeRead(
    [property: Id(0)] ZnodeReadKind Kind, [property: Id(1)] string Path, [property: Id(2)] string? After = null,
    [property: Id(3)] int MaxNames = 0);

/// <summary>What a read found.</summary>
[GenerateSerializer, Immutable, Alias("actors.znode-read-result")]
public sealed record ZnodeReadResult
{
    /// <summary>Ok, or why nothing was read.</summary>
    [Id(0)] public TreeErrorCode Error { get; init; }

    /// <summary>What is told of the znode; not of ephemerals and counts.</summary>
    [Id(1)] public ZnodeStat Stat { get; init; }

    /// <summary>The data.</summary>
    public ReadOnlyMemory<byte>? Data
    {
        get => ZnodeBytes.AsMemory(Bytes);
        init => Bytes = ZnodeBytes.Of(value);
    }

    [Id(2)] internal byte[]? Bytes { get; init; }

    /// <summary>Names of children, or paths of ephemerals.</summary>
    [Id(3)] public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>Whether there are more names behind the last one.</summary>
    [Id(4)] public bool HasMore { get; init; }

    /// <summary>The access list.</summary>
    [Id(5)] public ImmutableArray<ZnodeAcl> Acl { get; init; } = [];

    /// <summary>The count.</summary>
    [Id(6)] public int Count { get; init; }
}

/// <summary>
/// What reads found, all at one state of the tree: between two writes. Fewer than were asked for where an answer would be larger than
/// <see cref="TreeLimits.MaxCallBytes"/>; at least one.
/// </summary>
/// <param name="Reads">One for each, from the first on.</param>
[GenerateSerializer, Immutable, Alias("actors.znode-read-results")]
public sealed record ZnodeReadResults([property: Id(0)] ImmutableArray<ZnodeReadResult> Reads);
