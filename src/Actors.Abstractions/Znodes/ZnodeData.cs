using System.Collections.Immutable;
using System.Text;

namespace Actors.Abstractions;

/// <summary>A znode without its data.</summary>
/// <param name="Path">Its path: of a sequential one with the number it was given.</param>
/// <param name="Stat">
/// What is told of it. Null where there is nothing to tell: it was deleted, or the answer is that of a write which had been done before and
/// whose result was too long to be kept (1 KB).
/// </param>
[GenerateSerializer, Immutable, Alias("actors.znode-info")]
public sealed record ZnodeInfo([property: Id(0)] string Path, [property: Id(1)] ZnodeStat? Stat);

/// <summary>A znode's data.</summary>
[GenerateSerializer, Immutable, Alias("actors.znode-data")]
public sealed record ZnodeData
{
    /// <summary>Data and what is told of its znode.</summary>
    public ZnodeData(ReadOnlyMemory<byte>? data, ZnodeStat stat) => (Bytes, Stat) = (ZnodeBytes.Of(data), stat);

    /// <summary>The data; null, which ZooKeeper allows, is not the same as empty.</summary>
    public ReadOnlyMemory<byte>? Data => ZnodeBytes.AsMemory(Bytes);

    /// <summary>What is told of the znode.</summary>
    [Id(1)] public ZnodeStat Stat { get; init; }

    /// <summary>The data as UTF-8; null data is an empty string.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes ?? []);

    [Id(0)] internal byte[]? Bytes { get; init; }
}

/// <summary>Names of a znode's children, in ordinal order: all, or a page of them.</summary>
/// <param name="Names">Names, not paths.</param>
/// <param name="Stat">What is told of the znode.</param>
/// <param name="HasMore">Whether there are more behind the last one: ask again with its name.</param>
[GenerateSerializer, Immutable, Alias("actors.znode-children")]
public sealed record ZnodeChildren(
    [property: Id(0)] ImmutableArray<string> Names, [property: Id(1)] ZnodeStat Stat, [property: Id(2)] bool HasMore);

/// <summary>A znode's access list.</summary>
/// <param name="Entries">Who may what. Digests are hidden from those who may not administer the znode.</param>
/// <param name="Stat">What is told of the znode.</param>
[GenerateSerializer, Immutable, Alias("actors.znode-access")]
public sealed record ZnodeAccess([property: Id(0)] ImmutableArray<ZnodeAcl> Entries, [property: Id(1)] ZnodeStat Stat);
