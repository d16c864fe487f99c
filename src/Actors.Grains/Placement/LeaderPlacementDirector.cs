using Actors.Abstractions;
using Actors.Model.Ports;
using Orleans.Runtime.Placement;

namespace Actors.Grains;

/// <summary>
/// Finds the silo for <see cref="LeaderPlacementStrategy"/>: the catalog names the leader's node id, which is its silo's name, which the
/// membership maps to the address of the process that runs now. All of it is local knowledge; nothing is asked over the network.
/// </summary>
internal sealed class LeaderPlacementDirector(ICatalog catalog, IClusterMembershipService membership) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint)
        {
            return Task.FromResult(hint);
        }

        if (FindLeader(((LeaderPlacementStrategy)strategy).StorageName, target.GrainIdentity) is { } leader && silos.Contains(leader))
        {
            return Task.FromResult(leader);
        }

        // No leader, or its silo is not there: the grain answers NotLeader wherever it is, and is placed anew after that.
        return Task.FromResult(silos.Contains(context.LocalSilo) ? context.LocalSilo : silos[0]);
    }

    private SiloAddress? FindLeader(string storageName, GrainId grain)
    {
        var log = LogOfGrain.Find(storageName, grain);
        if (!catalog.TryGetTopic(log.Topic, out var topic) || log.Partition >= topic.Partitions.Count)
        {
            return null;
        }

        var leaderId = topic.Partitions[log.Partition].LeaderId;
        if (leaderId < 0)
        {
            return null;
        }

        var name = ActorsCluster.SiloName(leaderId);
        foreach (var member in membership.CurrentSnapshot.Members.Values)
        {
            if (member.Status == SiloStatus.Active && string.Equals(member.Name, name, StringComparison.Ordinal))
            {
                return member.SiloAddress;
            }
        }

        return null;
    }
}
