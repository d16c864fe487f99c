namespace Actors.Model.Znodes;

/// <summary>Kinds of writes to a znode.</summary>
public enum ZnodeWriteKind
{
    /// <summary>Creates it.</summary>
    Create,
    /// <summary>Deletes it.</summary>
    Delete,
    /// <summary>Sets its data.</summary>
    SetData,
    /// <summary>Sets its access list.</summary>
    SetAcl,
    /// <summary>Only compares its version, within a multi.</summary>
    Check,
}

/// <summary>
/// One write, as somebody asks for it: unchecked, since its outcome, error included, is decided at its place in the log. Paths and data
/// are the caller's bytes and are read before the call returns.
/// </summary>
public readonly record struct ZnodeWrite
{
    /// <summary>What to do.</summary>
    public ZnodeWriteKind Kind { get; init; }

    /// <summary>Path, as bytes.</summary>
    public ReadOnlyMemory<byte> Path { get; init; }

    /// <summary>Data to create with or to set.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Whether the data is null, which is not the same as empty.</summary>
    public bool DataIsNull { get; init; }

    /// <summary>Access list to create with or to set; null as it may arrive.</summary>
    public IReadOnlyList<ZnodeAcl>? Acl { get; init; }

    /// <summary>Of a create: one of <see cref="CreateMode"/>, or a bad argument.</summary>
    public int Flags { get; init; }

    /// <summary>Of a create: time to live in ms; -1 where the request has none.</summary>
    public long TtlMs { get; init; }

    /// <summary>Version that data or access list must have; -1: any.</summary>
    public int Version { get; init; }
}
