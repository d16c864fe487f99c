namespace Actors.ZooKeeper.Wire;

/// <summary>A request of a path alone: getACL, sync, getEphemerals (a prefix), getAllChildrenNumber. <c>path</c></summary>
public readonly ref struct PathRequest
{
    private PathRequest(ReadOnlySpan<byte> path) => Path = path;

    /// <summary>Bytes of the path.</summary>
    public ReadOnlySpan<byte> Path { get; }

    /// <summary>Reads it; ask the reader whether it was there.</summary>
    public static PathRequest Read(ref JuteReader reader) => new(reader.ReadString());
}

/// <summary>A read that may set a watch: exists, getData, getChildren, getChildren2. <c>path | watch 1</c></summary>
public readonly ref struct WatchableRequest
{
    private WatchableRequest(ReadOnlySpan<byte> path, bool watch)
    {
        Path = path;
        Watch = watch;
    }

    /// <summary>Bytes of the path.</summary>
    public ReadOnlySpan<byte> Path { get; }

    /// <summary>Whether to tell of the next change.</summary>
    public bool Watch { get; }

    /// <summary>Reads it; ask the reader whether it was there.</summary>
    public static WatchableRequest Read(ref JuteReader reader) => new(reader.ReadString(), reader.ReadBool());
}

/// <summary>A znode to create. <c>path | data | acl | flags 4 | ttl 8, createTTL only</c></summary>
public readonly ref struct CreateRequest
{
    /// <summary>Bytes of the path.</summary>
    public ReadOnlySpan<byte> Path { get; private init; }

    /// <summary>Its data, or null, which stays null.</summary>
    public JuteBuffer Data { get; private init; }

    /// <summary>Its access list.</summary>
    public AclList Acl { get; private init; }

    /// <summary>Its kind as the client says: one of <see cref="Model.Znodes.CreateMode"/>, or a bad argument.</summary>
    public int Flags { get; private init; }

    /// <summary>Time to live in ms, 0 where the request has none.</summary>
    public long TtlMs { get; private init; }

    /// <summary>Reads the form of <paramref name="type"/>; ask the reader whether it was there.</summary>
    public static CreateRequest Read(ref JuteReader reader, OpCode type)
    {
        var path = reader.ReadString();
        var data = reader.ReadBuffer();
        var acl = AclList.Read(ref reader);
        var flags = reader.ReadInt32();
        return new CreateRequest
        {
            Path = path, Data = data, Acl = acl, Flags = flags, TtlMs = type == OpCode.CreateTtl ? reader.ReadInt64() : 0,
        };
    }
}

/// <summary>A znode to delete, or a version to check. <c>path | version 4</c></summary>
public readonly ref struct VersionRequest
{
    private VersionRequest(ReadOnlySpan<byte> path, int version)
    {
        Path = path;
        Version = version;
    }

    /// <summary>Bytes of the path.</summary>
    public ReadOnlySpan<byte> Path { get; }

    /// <summary>Version it must have; -1: any.</summary>
    public int Version { get; }

    /// <summary>Reads it; ask the reader whether it was there.</summary>
    public static VersionRequest Read(ref JuteReader reader) => new(reader.ReadString(), reader.ReadInt32());
}

/// <summary>Data to set. <c>path | data | version 4</c></summary>
public readonly ref struct SetDataRequest
{
    /// <summary>Bytes of the path.</summary>
    public ReadOnlySpan<byte> Path { get; private init; }

    /// <summary>The data, or null.</summary>
    public JuteBuffer Data { get; private init; }

    /// <summary>Version it must have; -1: any.</summary>
    public int Version { get; private init; }

    /// <summary>Reads it; ask the reader whether it was there.</summary>
    public static SetDataRequest Read(ref JuteReader reader)
    {
        var path = reader.ReadString();
        var data = reader.ReadBuffer();
        return new SetDataRequest { Path = path, Data = data, Version = reader.ReadInt32() };
    }
}

/// <summary>An access list to set. <c>path | acl | version 4</c></summary>
public readonly ref struct SetAclRequest
{
    /// <summary>Bytes of the path.</summary>
    public ReadOnlySpan<byte> Path { get; private init; }

    /// <summary>The list.</summary>
    public AclList Acl { get; private init; }

    /// <summary>Version the list must have; -1: any.</summary>
    public int Version { get; private init; }

    /// <summary>Reads it; ask the reader whether it was there.</summary>
    public static SetAclRequest Read(ref JuteReader reader)
    {
        var path = reader.ReadString();
        var acl = AclList.Read(ref reader);
        return new SetAclRequest { Path = path, Acl = acl, Version = reader.ReadInt32() };
    }
}

/// <summary>An identity for the connection. <c>type 4 | scheme | auth</c></summary>
public readonly ref struct AuthRequest
{
    /// <summary>Bytes of the scheme's name.</summary>
    public ReadOnlySpan<byte> Scheme { get; private init; }

    /// <summary>What proves it, such as <c>user:password</c>.</summary>
    public ReadOnlySpan<byte> Credentials { get; private init; }

    /// <summary>Reads it; ask the reader whether it was there.</summary>
    public static AuthRequest Read(ref JuteReader reader)
    {
        reader.ReadInt32();
        var scheme = reader.ReadString();
        return new AuthRequest { Scheme = scheme, Credentials = reader.ReadString() };
    }
}
