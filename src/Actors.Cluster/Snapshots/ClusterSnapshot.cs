using System.Buffers.Binary;
using Actors.Cluster.Catalog;
using Actors.Cluster.Commands;
using Actors.Model;

namespace Actors.Cluster.Snapshots;

/// <summary>
/// The state at one committed offset, exactly: everything below it applied, nothing at or above. Taken in one step, since what it
/// refers to is immutable; encoded at leisure, on any thread, while commands are applied.
/// <code>
/// size field
///    8 magic           "ACTSNAP\0"
///    2 version         1
///    8 appliedEnd      offset of the next command
///    8 lastZxid
///    8 lastTimeMs
///    4 zxidEpoch
///    8 zxidEpochStart  offset of its EpochStart
///    4 leaderId
///    8 digest          of the state, see CatalogState.Digest
///      sections        each: id byte, size int32, bytes; in order of id
///    1 end             0
///    4 crc             CRC-32C of everything before it
/// sections: 1 counters | 2 nodes: count, then NodeState | 3 topics: count, then TopicState; a section's layout belongs to the version
/// </code>
/// </summary>
public sealed partial class ClusterSnapshot
{
    private const short Version = 1;
    private const byte CountersSection = 1;
    private const byte NodesSection = 2;
    private const byte TopicsSection = 3;
    private const int HeaderBytes = 58;
    private static ReadOnlySpan<byte> Magic => "ACTSNAP\0"u8;

    private readonly byte[] _counters;
    private readonly NodeState[] _nodes;
    private readonly TopicState[] _topics;

    internal ClusterSnapshot(ClusterPosition position, CatalogState catalog)
    {
        Position = position;
        var writer = new CommandWriter();
        catalog.EncodeCounters(writer);
        _counters = writer.Written.ToArray();
        _nodes = [.. catalog.Nodes];
        _topics = [.. catalog.Topics];
        Digest = catalog.Digest;
    }

    /// <summary>Offset of the first command that is not in it.</summary>
    public long AppliedEnd => Position.AppliedEnd;

    /// <summary>Digest of the state.</summary>
    public ulong Digest { get; }

    internal ClusterPosition Position { get; }

    /// <summary>The snapshot as bytes.</summary>
    public byte[] Encode()
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
        file.WriteByte(0);
        file.WriteInt32((int)Crc32C.Compute(file.Written));
        return file.Written.ToArray();
    }

    private static void WriteSection(CommandWriter file, byte id, ReadOnlySpan<byte> bytes)
    {
        file.WriteByte(id);
        file.WriteInt32(bytes.Length);
        file.WriteRaw(bytes);
    }

    /// <summary>
    /// A machine in the state of the snapshot, verified: CRC, layout, and the digest computed anew from what was read. Null, with the
    /// reason, if the bytes are not a whole snapshot.
    /// </summary>
    public static ClusterMachine? TryLoad(ReadOnlySpan<byte> bytes, out string? reason)
    {
        if (bytes.Length < HeaderBytes + 5 || !bytes[..Magic.Length].SequenceEqual(Magic))
        {
            reason = "it does not begin as a snapshot does";
            return null;
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(bytes[^4..]) != Crc32C.Compute(bytes[..^4]))
        {
            reason = "its CRC is wrong";
            return null;
        }

        var version = BinaryPrimitives.ReadInt16BigEndian(bytes[Magic.Length..]);
        if (version != Version)
        {
            reason = $"its version is {version}, this program reads {Version}";
            return null;
        }

        return Read(bytes[..^4], out reason);
    }
}

/// <summary>Where in the log a state stands.</summary>
internal readonly record struct ClusterPosition(
    long AppliedEnd, Zxid LastZxid, long LastTimeMs, int ZxidEpoch, long ZxidEpochStart, int LeaderId);
