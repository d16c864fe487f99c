namespace Actors.ZooKeeper.Wire;

/// <summary>Kinds of watches in checkWatches and removeWatches (Watcher.WatcherType).</summary>
public enum WatcherType
{
    /// <summary>Child watches.</summary>
    Children = 1,
    /// <summary>Data and exists watches.</summary>
    Data = 2,
    /// <summary>Every kind.</summary>
    Any = 3,
    /// <summary>Persistent ones (ZOOKEEPER-4471).</summary>
    Persistent = 4,
    /// <summary>Persistent recursive ones (ZOOKEEPER-4472).</summary>
    PersistentRecursive = 5,
}

/// <summary>Modes of addWatch (org.apache.zookeeper.AddWatchMode).</summary>
public enum AddWatchMode
{
    /// <summary>Told of data and children, again and again.</summary>
    Persistent = 0,
    /// <summary>Told of everything below, but for children as such.</summary>
    PersistentRecursive = 1,
}

/// <summary>
/// A path and a number: checkWatches and removeWatches (a <see cref="WatcherType"/>), addWatch (an <see cref="AddWatchMode"/>).
/// <c>path | type 4</c>
/// </summary>
public readonly ref struct PathTypeRequest
{
    private PathTypeRequest(ReadOnlySpan<byte> path, int type)
    {
        Path = path;
        Type = type;
    }

    /// <summary>Bytes of the path.</summary>
    public ReadOnlySpan<byte> Path { get; }

    /// <summary>The number, unchecked.</summary>
    public int Type { get; }

    /// <summary>Reads it; ask the reader whether it was there.</summary>
    public static PathTypeRequest Read(ref JuteReader reader) => new(reader.ReadString(), reader.ReadInt32());
}

/// <summary>
/// The watches of a client that is back. <c>relativeZxid 8 | data[] | exist[] | child[] | persistent[] | persistentRecursive[]</c>; the
/// last two in setWatches2 only.
/// </summary>
public readonly ref struct SetWatchesRequest
{
    /// <summary>What changed behind this zxid is told at once.</summary>
    public long RelativeZxid { get; private init; }

    /// <summary>Paths whose data is watched.</summary>
    public StringList Data { get; private init; }

    /// <summary>Paths that are not there and are watched.</summary>
    public StringList Exist { get; private init; }

    /// <summary>Paths whose children are watched.</summary>
    public StringList Child { get; private init; }

    /// <summary>Paths with a persistent watch.</summary>
    public StringList Persistent { get; private init; }

    /// <summary>Paths with a persistent recursive watch.</summary>
    public StringList PersistentRecursive { get; private init; }

    /// <summary>Reads the form of <paramref name="type"/>; ask the reader whether it was there.</summary>
    public static SetWatchesRequest Read(ref JuteReader reader, OpCode type)
    {
        var zxid = reader.ReadInt64();
        var data = StringList.Read(ref reader);
        var exist = StringList.Read(ref reader);
        var child = StringList.Read(ref reader);
        return new SetWatchesRequest
        {
            RelativeZxid = zxid,
            Data = data,
            Exist = exist,
            Child = child,
            Persistent = type == OpCode.SetWatches2 ? StringList.Read(ref reader) : default,
            PersistentRecursive = type == OpCode.SetWatches2 ? StringList.Read(ref reader) : default,
        };
    }
}
