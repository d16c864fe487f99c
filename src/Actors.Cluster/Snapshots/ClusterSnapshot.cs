using System.Buffers.Binary;
using Actors.Cluster.Catalog;
using Actors.Cluster.Commands;
using Actors.Cluster.Znodes;
using Actors.Model;

namespace Actors.Cluster.Snapshots;

/// <summary>
/// The state at one committed offset, exactly: everything below it applied, nothing at or above. The catalog is taken in one step, since
/// it refers to what is immutable; the tree in slices (<see cref="TakeSlice"/>), between commands, which save what they change first.
/// Encoded at leisure, on any thread, once it is complete.
/// <code>
/// size field
///    8 magic           "ACTSNAP\0"
///    2 version         2; 1 has no tree
///    8 appliedEnd      offset of the next command
///    8 lastZxid
///    8 lastTimeMs
///    4 zxidEpoch
///    8 zxidEpochStart  offset of its EpochStart
///    4 leaderId
///    8 digest          of the state; in version 1 of the catalog
///      sections        each: id byte, size int32, bytes; in order of id
///    1 end             0
///    4 crc             CRC-32C of everything before it
/// sections: 1 counters | 2 nodes: count, then NodeState | 3 topics: count, then TopicState | 4 head of the tree, see TreeMachine |
///           5 slices of the tree, once or more, see ZnodeTree; a section's layout belongs to the version
/// </code>
/// </summary>
public sealed partial class ClusterSnapshot
{
    /// <summary>Slots of znodes written per slice where nobody waits.</summary>
    private const int LargeSlice = 100_000;

    private const short Version = 2;
    private const short VersionWithoutTree = 1;
    private const byte CountersSection = 1;
    private const byte NodesSection = 2;
    private const byte TopicsSection = 3;
    private const byte TreeSection = 4;
    private const int SectionHeadBytes = 5;
    private const int TailBytes = 5;
    private const byte ZnodesSection = 5;
    private const int HeaderBytes = 58;
    private static ReadOnlySpan<byte> Magic => "ACTSNAP\0"u8;

    private readonly byte[] _counters;
    private readonly NodeState[] _nodes;
    private readonly TopicState[] _topics;
    private readonly CommandWriter _treeHead = new();
    private readonly List<byte[]> _slices = [];
    private readonly TreeMachine _tree;
    private readonly object _image;

    internal ClusterSnapshot(ClusterPosition position, CatalogState catalog, TreeMachine tree)
    {
        Position = position;
        _tree = tree;
        _image = tree.BeginImage(_treeHead);
        var writer = new CommandWriter();
        catalog.EncodeCounters(writer);
        _counters = writer.Written.ToArray();
        _nodes = [.. catalog.Nodes];
        _topics = [.. catalog.Topics];
        Digest = unchecked(catalog.Digest + tree.Digest);
    }

    /// <summary>Whether everything is taken.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>
    /// Takes the next <paramref name="znodes"/> znodes of the tree, at most, as bytes that follow what was taken before: first come those of
    /// <see cref="EncodeHead"/>, last those of <see cref="EncodeTail"/>. They go into <paramref name="slice"/> and replace what is there, so
    /// that a few writers serve a tree of any size. On the thread that applies commands, between two of them. False: this was the last slice.
    /// </summary>
    public bool TakeSlice(int znodes, CommandWriter slice)
    {
        slice.Clear();
        slice.WriteByte(ZnodesSection);
        slice.WriteInt32(0);
        IsComplete = !_tree.WriteImage(_image, slice, znodes);
        slice.PatchInt32(1, slice.Written.Length - SectionHeadBytes);
        return !IsComplete;
    }

    /// <summary>All slices: those taken by <see cref="Complete"/>, or now. Each is valid until the next one is asked for.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> TakeSlices()
    {
        foreach (var slice in _slices)
        {
            yield return slice;
        }

        var writer = new CommandWriter();
        while (!IsComplete)
        {
            TakeSlice(LargeSlice, writer);
            yield return writer.WrittenMemory;
        }
    }

    /// <summary>Takes all that is left at once, to be encoded at any time.</summary>
    internal ClusterSnapshot Complete()
    {
        var writer = new CommandWriter();
        while (!IsComplete)
        {
            TakeSlice(LargeSlice, writer);
            _slices.Add(writer.Written.ToArray());
        }

        return this;
    }

    /// <summary>Offset of the first command that is not in it.</summary>
    public long AppliedEnd => Position.AppliedEnd;

    /// <summary>Digest of the state.</summary>
    public ulong Digest { get; }

    internal ClusterPosition Position { get; }

    /// <summary>The snapshot as bytes; for one that <see cref="ClusterMachine.TakeSnapshot"/> took whole.</summary>
    public byte[] Encode()
    {
        var file = new CommandWriter();
        file.WriteRaw(EncodeHead());
        foreach (var slice in TakeSlices())
        {
            file.WriteRaw(slice.Span);
        }

        file.WriteRaw(EncodeTail(Crc32C.Update(~0u, file.Written)));
        return file.Written.ToArray();
    }

    /// <summary>What comes before the first slice.</summary>
    public byte[] EncodeHead()
    {
        var file = new CommandWriter();
        file.WriteRaw(Magic);
        file.WriteInt16(Version);
        file.WriteInt64(Position.AppliedEnd);
        file.WriteInt64(Position.LastZxid.Value);
        file.WriteInt64(Position.LastTimeMs);
        file.WriteInt32(Position.ZxidEpoch);
        file.WriteInt64(Position.ZxidEpochStart);
        file.WriteInt32(Position.LeaderId);
        file.WriteInt64((long)Digest);
        WriteSection(file, CountersSection, _counters);
        var section = new CommandWriter();
        section.WriteCount(_nodes.Length);
        foreach (var node in _nodes)
        {
            node.Encode(section);
        }

        WriteSection(file, NodesSection, section.Written);
        section.Clear();
        section.WriteCount(_topics.Length);
        foreach (var topic in _topics)
        {
            topic.Encode(section);
        }

        WriteSection(file, TopicsSection, section.Written);
        WriteSection(file, TreeSection, _treeHead.Written);
        return file.Written.ToArray();
    }

    /// <summary>What comes behind the last slice; <paramref name="crc"/> is Crc32C.Update over all that comes before, begun with ~0.</summary>
    public static byte[] EncodeTail(uint crc)
    {
        var tail = new byte[TailBytes];
        BinaryPrimitives.WriteUInt32BigEndian(tail.AsSpan(1), ~Crc32C.Update(crc, tail.AsSpan(0, 1)));
        return tail;
    }

    private static void WriteSection(CommandWriter file, byte id, ReadOnlySpan<byte> bytes)
    {
        file.WriteByte(id);
        file.WriteInt32(bytes.Length);
        file.WriteRaw(bytes);
    }
}

/// <summary>Where in the log a state stands.</summary>
internal readonly record struct ClusterPosition(
    long AppliedEnd, Zxid LastZxid, long LastTimeMs, int ZxidEpoch, long ZxidEpochStart, int LeaderId);
