using Actors.Abstractions;
using Actors.Model.Groups;
using Actors.Model.Ports;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Actors.Grains;

/// <summary>Places a group's grain on the silo of its coordinator. The coordinator itself checks at every call.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CoordinatorPlacementAttribute() : PlacementAttribute(new CoordinatorPlacementStrategy());

/// <summary>The strategy of <see cref="CoordinatorPlacementAttribute"/>, as Orleans passes it about.</summary>
[GenerateSerializer, Immutable, Alias("actors.coordinator-placement")]
public sealed class CoordinatorPlacementStrategy : PlacementStrategy;

/// <summary>Finds the silo for <see cref="CoordinatorPlacementStrategy"/> in the local catalog, as placement at a leader does.</summary>
internal sealed class CoordinatorPlacementDirector(ICatalog catalog, IClusterMembershipService membership) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint)
        {
            return Task.FromResult(hint);
        }

        if (FindCoordinator(target.GrainIdentity.Key.ToString()!) is { } coordinator && silos.Contains(coordinator))
        {
            return Task.FromResult(coordinator);
        }

        return Task.FromResult(silos.Contains(context.LocalSilo) ? context.LocalSilo : silos[0]);
    }

    private SiloAddress? FindCoordinator(string groupId)
    {
        if (!catalog.TryGetTopic(GroupPlacement.Topic, out var topic))
        {
            return null;
        }

        var leader = topic.Partitions[GroupPlacement.PartitionOf(groupId, topic.Partitions.Count)].LeaderId;
        return leader < 0 ? null : membership.CurrentSnapshot.Members.Values.FirstOrDefault(
            m => m.Status == SiloStatus.Active && string.Equals(m.Name, ActorsCluster.SiloName(leader), StringComparison.Ordinal))?.SiloAddress;
    }
}
