using System.Buffers.Binary;
using Actors.Model;
using Actors.Replication.Quorum;
using Actors.Storage.Devices;
using Actors.Storage.Faults;

namespace Actors.Node.Cluster;

/// <summary>
/// The vote a node gave, on disk before it is used (Kafka keeps the same in <c>quorum-state</c>).
/// <code>
/// size field
///    2 version    1
///    4 epoch
///    4 votedFor   node id, or -1
///    4 crc        CRC-32C of what precedes
/// </code>
/// </summary>
internal static class VoteFile
{
    /// <summary>Name of the file in the cluster's folder.</summary>
    public const string FileName = "vote";

    private const short Version = 1;
    private const int SizeBytes = 14;

    public static void Write(IStorageDevice device, string path, QuorumVote vote, IFaultPoints? faults) =>
        DurableFile.Replace(device, path, Encode(vote), faults);

    public static QuorumVote Read(IStorageDevice device, string path)
    {
        var bytes = DurableFile.Read(device, path);
        if (bytes is null)
        {
            return QuorumVote.Initial;
        }

        if (bytes.Length != SizeBytes || BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(10)) != Crc32C.Compute(bytes.AsSpan(0, 10)))
        {
            // Without it the node might vote twice in one epoch.
            throw new NodeRefusedException($"{path} is damaged: restore it from a copy; where this is the only voter it may be deleted.");
        }

        var version = BinaryPrimitives.ReadInt16BigEndian(bytes);
        return version == Version
            ? new QuorumVote(BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(2)), BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(6)))
            : throw new NodeRefusedException($"{path} has version {version}, this program reads {Version}.");
    }

    internal static byte[] Encode(QuorumVote vote)
    {
        var bytes = new byte[SizeBytes];
        BinaryPrimitives.WriteInt16BigEndian(bytes, Version);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(2), vote.Epoch);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(6), vote.VotedFor);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(10), Crc32C.Compute(bytes.AsSpan(0, 10)));
        return bytes;
    }
}
