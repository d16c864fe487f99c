using System.Collections.Immutable;
using System.Text;

namespace Actors.Abstractions;

/// <summary>One change of one znode, as a write carries it. Nothing is checked before its place in the log.</summary>
[GenerateSerializer, Immutable, Alias("actors.znode-change")]
public sealed record ZnodeChange
{
    /// <summary>Version that fits any.</summary>
    public const int AnyVersion = -1;

    /// <summary>What to do.</summary>
    [Id(0)] public required ZnodeWriteKind Kind { get; init; }

    /// <summary>To which znode.</summary>
    [Id(1)] public required string Path { get; init; }

    /// <summary>Of a create or set: the data.</summary>
    public ReadOnlyMemory<byte>? Data
    {
        get => ZnodeBytes.AsMemory(Bytes);
        init => Bytes = ZnodeBytes.Of(value);
    }

    [Id(2)] internal byte[]? Bytes { get; init; }

    /// <summary>Of a create: what kind it is.</summary>
    [Id(3)] public CreateMode Mode { get; init; }

    /// <summary>Of a create: time to live in ms, or -1.</summary>
    [Id(4)] public long TtlMs { get; init; } = -1;

    /// <summary>Of a create or a change of the access list: who may what.</summary>
    [Id(5)] public ImmutableArray<ZnodeAcl> Acl { get; init; } = [];

    /// <summary>Version that the data (of a change of the access list: the list) must have; -1: any.</summary>
    [Id(6)] public int Version { get; init; } = AnyVersion;

    /// <summary>What it counts for against <see cref="TreeLimits.MaxWriteBytes"/>: path, data, access list.</summary>
    public long SizeBytes
    {
        get
        {
            var size = TreeLimits.EntryBytes + Encoding.UTF8.GetByteCount(Path) + (long)(Data?.Length ?? 0);
            foreach (var entry in Acl)
            {
                size += TreeLimits.EntryBytes + (3L * ((entry.Scheme?.Length ?? 0) + (entry.Id?.Length ?? 0)));
            }

            return size;
        }
    }

    /// <summary>Creates a znode.</summary>
    public static ZnodeChange Create(string path, ZnodeSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new ZnodeChange
        {
            Kind = ZnodeWriteKind.Create, Path = path, Data = spec.Data, Mode = spec.Mode, TtlMs = spec.TtlMs, Acl = spec.Acl,
        };
    }

    /// <summary>Deletes a znode that has no children.</summary>
    public static ZnodeChange Delete(string path, int version = AnyVersion) =>
        new() { Kind = ZnodeWriteKind.Delete, Path = path, Version = version };

    /// <summary>Sets a znode's data.</summary>
    public static ZnodeChange SetData(string path, ReadOnlyMemory<byte>? data, int version = AnyVersion) =>
        new() { Kind = ZnodeWriteKind.SetData, Path = path, Data = data, Version = version };

    /// <summary>Sets a znode's access list.</summary>
    public static ZnodeChange SetAcl(string path, ImmutableArray<ZnodeAcl> acl, int version = AnyVersion) =>
        new() { Kind = ZnodeWriteKind.SetAcl, Path = path, Acl = acl, Version = version };

    /// <summary>Changes nothing: within a multi, all of it is done only if the znode is there in this version.</summary>
    public static ZnodeChange Check(string path, int version = AnyVersion) =>
        new() { Kind = ZnodeWriteKind.Check, Path = path, Version = version };
}

/// <summary>One write: a change, or several that are done together or not at all.</summary>
/// <param name="Changes">The changes.</param>
/// <param name="IsMulti">Whether it is a multi, also of one change.</param>
[GenerateSerializer, Immutable, Alias("actors.tree-write")]
public sealed record TreeWrite([property: Id(0)] ImmutableArray<ZnodeChange> Changes, [property: Id(1)] bool IsMulti)
{
    /// <summary>What it counts for against <see cref="TreeLimits.MaxWriteBytes"/>.</summary>
    public long SizeBytes
    {
        get
        {
            var size = 0L;
            foreach (var change in Changes)
            {
                size += change.SizeBytes;
            }

            return size;
        }
    }

    /// <summary>A write of one change.</summary>
    public static TreeWrite Of(ZnodeChange change) => new([change], IsMulti: false);
}

/// <summary>What became of one change.</summary>
/// <param name="Error">Ok; or why not. Within a multi that failed: Ok before the one that failed, RuntimeInconsistency behind it.</param>
/// <param name="Znode">The znode after the change, where that was done; its path is empty if <see cref="ZnodeInfo.Stat"/> tells nothing.</param>
[GenerateSerializer, Immutable, Alias("actors.znode-change-result")]
public sealed record ZnodeChangeResult([property: Id(0)] TreeErrorCode Error, [property: Id(1)] ZnodeInfo? Znode);

/// <summary>What became of one write.</summary>
/// <param name="Zxid">Its zxid; errors have one too. Of a write that had been done before: that of the repetition.</param>
/// <param name="Changes">What became of each change.</param>
[GenerateSerializer, Immutable, Alias("actors.tree-write-result")]
public sealed record TreeWriteResult([property: Id(0)] long Zxid, [property: Id(1)] ImmutableArray<ZnodeChangeResult> Changes)
{
    /// <summary>Ok, or the code of the change that failed.</summary>
    public TreeErrorCode Error
    {
        get
        {
            foreach (var change in Changes)
            {
                if (change.Error != TreeErrorCode.Ok)
                {
                    return change.Error;
                }
            }

            return TreeErrorCode.Ok;
        }
    }
}

/// <summary>What became of the writes of one call, in their order.</summary>
/// <param name="Writes">One for each.</param>
[GenerateSerializer, Immutable, Alias("actors.tree-write-results")]
public sealed record TreeWriteResults([property: Id(0)] ImmutableArray<TreeWriteResult> Writes);
