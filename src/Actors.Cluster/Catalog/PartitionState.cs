using System.Collections.Immutable;
using Actors.Cluster.Commands;

namespace Actors.Cluster.Catalog;

/// <summary>One partition as the catalog has it; a change is a compare-and-set on <see cref="Version"/>.</summary>
/// <param name="LeaderId">The leader, or -1.</param>
/// <param name="LeaderEpoch">Raised with every leader and every start of the leader's process.</param>
/// <param name="Version">Raised with every change (Kafka's partition epoch).</param>
/// <param name="Replicas">All replicas by node id, the preferred leader first.</param>
/// <param name="InSync">The replicas in sync, in order of <paramref name="Replicas"/>.</param>
/// <param name="Eligible">Replicas that left the in-sync set below min.insync.replicas and may still lead (KIP-966).</param>
public readonly record struct PartitionState(
    int LeaderId, int LeaderEpoch, int Version, ImmutableArray<int> Replicas, ImmutableArray<int> InSync, ImmutableArray<int> Eligible)
{
    /// <summary>No leader.</summary>
    public const int NoLeader = -1;

    /// <summary>A partition that has just been placed on <paramref name="replicas"/>: all in sync, the first one leads.</summary>
    internal static PartitionState Create(ImmutableArray<int> replicas) => new(replicas[0], 0, 0, replicas, replicas, []);

    /// <summary>
    /// The partition after a process of <paramref name="nodeId"/> began anew. It leaves the in-sync set unless it is the only
    /// member: what it had not synced is gone, and others go on without it. On <paramref name="sameStorage"/> the only member leads
    /// again, in a new epoch; on another one its records are gone, and nobody leads until an operator decides.
    /// </summary>
    internal PartitionState Restarted(int nodeId, bool sameStorage)
    {
        if (!InSync.Contains(nodeId))
        {
            return this;
        }

        if (InSync.Length == 1)
        {
            return this with
            {
                LeaderId = sameStorage ? nodeId : NoLeader,
                LeaderEpoch = LeaderEpoch + 1,
                Version = Version + 1,
                InSync = sameStorage ? InSync : [],
            };
        }

        var rest = InSync.Remove(nodeId);
        return LeaderId == nodeId
            ? this with { LeaderId = rest[0], LeaderEpoch = LeaderEpoch + 1, Version = Version + 1, InSync = rest }
            : this with { Version = Version + 1, InSync = rest };
    }

    /// <summary>
    /// <code>
    /// leaderId int32 | leaderEpoch int32 | version int32 | replicas | inSync | eligible, each a count and node ids (int32)
    /// </code>
    /// </summary>
    internal void Encode(CommandWriter writer)
    {
        writer.WriteInt32(LeaderId);
        writer.WriteInt32(LeaderEpoch);
        writer.WriteInt32(Version);
        writer.WriteNodeIds(Replicas);
        writer.WriteNodeIds(InSync);
        writer.WriteNodeIds(Eligible);
    }

    internal static PartitionState Decode(ref CommandReader reader) => new(
        reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), ReadIds(ref reader), ReadIds(ref reader), ReadIds(ref reader));

    private static ImmutableArray<int> ReadIds(ref CommandReader reader) =>
        System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(reader.ReadNodeIds());
}
