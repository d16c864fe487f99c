using System.Collections.Immutable;

namespace Actors.Cluster.Catalog;

/// <summary>
/// Where new partitions go: on the nodes that carry the fewest replicas; of those chosen, the one that leads the fewest leads. Ties
/// go to the lower id. Decided at apply, from catalog state alone, so that every node decides alike.
/// </summary>
internal static class Placement
{
    /// <summary>Replica lists for <paramref name="partitionCount"/> new partitions; there must be enough nodes.</summary>
    public static ImmutableArray<int>[] Place(CatalogState catalog, int partitionCount, int replicationFactor)
    {
        var candidates = new Candidate[catalog.Nodes.Count];
        var index = 0;
        foreach (var node in catalog.Nodes)
        {
            var load = catalog.GetLoad(node.Id);
            candidates[index++] = new Candidate { NodeId = node.Id, Replicas = load.Replicas, Leaders = load.Leaders };
        }

        var placed = new ImmutableArray<int>[partitionCount];
        for (var i = 0; i < partitionCount; i++)
        {
            Array.Sort(candidates, ByReplicas);
            var chosen = candidates.AsSpan(0, replicationFactor);
            chosen.Sort(ByLeaders);
            var replicas = new int[replicationFactor];
            for (var j = 0; j < replicas.Length; j++)
            {
                replicas[j] = chosen[j].NodeId;
                chosen[j].Replicas++;
            }

            chosen[0].Leaders++;
            placed[i] = System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(replicas);
        }

        return placed;
    }

    private static int ByReplicas(Candidate left, Candidate right) =>
        left.Replicas != right.Replicas ? left.Replicas.CompareTo(right.Replicas) : left.NodeId.CompareTo(right.NodeId);

    private static int ByLeaders(Candidate left, Candidate right) =>
        left.Leaders != right.Leaders ? left.Leaders.CompareTo(right.Leaders) : left.NodeId.CompareTo(right.NodeId);

    private struct Candidate
    {
        public int NodeId;
        public int Replicas;
        public int Leaders;
    }
}
