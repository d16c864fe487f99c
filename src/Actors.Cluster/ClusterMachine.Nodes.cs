using System.Collections.Immutable;
using Actors.Cluster.Catalog;
using Actors.Cluster.Commands;
using Actors.Model;
using Actors.Model.Machines;

namespace Actors.Cluster;

/// <summary>Registrations.</summary>
public sealed partial class ClusterMachine
{
    private CommandOutcome Register(NodeRegistered registered, in CommandPlace place, ref Effects<ClusterEvent> events)
    {
        if (Refuse(registered) is { } refusal)
        {
            return refusal;
        }

        var sameStorage = !Catalog.TryGetNode(registered.NodeId, out var before) || before.StorageId == registered.StorageId;
        Catalog.ClusterId ??= registered.ClusterId;
        var node = new NodeState
        {
            Id = registered.NodeId,
            StorageId = registered.StorageId,
            Incarnation = registered.Incarnation,
            ProducerId = place.Offset,
            SoftwareVersion = registered.SoftwareVersion,
            MinFeatureLevel = registered.MinFeatureLevel,
            MaxFeatureLevel = registered.MaxFeatureLevel,
            Rack = registered.Rack,
            Endpoints = registered.Endpoints,
        };
        Catalog.Put(node);
        events.Add(ClusterEvent.NodeChanged(node));
        RestartPartitions(node.Id, sameStorage, ref events);
        return CommandOutcome.Done;
    }

    private CommandOutcome? Refuse(NodeRegistered registered)
    {
        if (Catalog.ClusterId is { } known && known != registered.ClusterId)
        {
            return CommandOutcome.Refused(
                ErrorCode.InconsistentClusterId, $"The node belongs to cluster {registered.ClusterId}, this is cluster {known}.");
        }

        if (registered.MinFeatureLevel > Catalog.FeatureLevel || registered.MaxFeatureLevel < Catalog.FeatureLevel)
        {
            return CommandOutcome.Refused(
                ErrorCode.UnsupportedVersion,
                $"The cluster is at feature level {Catalog.FeatureLevel}, the node supports {registered.MinFeatureLevel} to {registered.MaxFeatureLevel}.");
        }

        if (!Catalog.TryGetNode(registered.NodeId, out var before))
        {
            return Catalog.Nodes.Count < CatalogLimits.MaxNodes
                ? null
                : CommandOutcome.Refused(ErrorCode.PolicyViolation, $"A cluster has at most {CatalogLimits.MaxNodes} nodes.");
        }

        // Until nodes can be declared dead, another storage under a known id is a second node that was given the id by mistake.
        return before.StorageId != registered.StorageId
            ? CommandOutcome.Refused(ErrorCode.DuplicateBrokerRegistration, $"Node {before.Id} is registered with storage {before.StorageId}.")
            : registered.Incarnation <= before.Incarnation
                ? CommandOutcome.Refused(
                    ErrorCode.StaleBrokerEpoch, $"Start {registered.Incarnation} of node {before.Id} is not newer than {before.Incarnation}.")
                : null;
    }

    private void RestartPartitions(int nodeId, bool sameStorage, ref Effects<ClusterEvent> events)
    {
        // Collected first: the walk is over the collection that the changes go to.
        foreach (var topic in Catalog.Topics.ToArray())
        {
            ImmutableArray<PartitionState>.Builder? changed = null;
            for (var i = 0; i < topic.Partitions.Length; i++)
            {
                var after = topic.Partitions[i].Restarted(nodeId, sameStorage);
                if (after.Version != topic.Partitions[i].Version)
                {
                    changed ??= topic.Partitions.ToBuilder();
                    changed[i] = after;
                }
            }

            if (changed is not null)
            {
                var after = topic.With(changed.MoveToImmutable());
                Catalog.Replace(topic, after);
                events.Add(ClusterEvent.TopicChanged(topic, after));
            }
        }
    }
}
