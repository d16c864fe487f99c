namespace Actors.Replication.Partitions;

/// <summary>How far each replica has flushed, as far as the leader knows.</summary>
internal sealed class ReplicaProgress
{
    private const long Unknown = -1;

    private Replica[] _replicas = [];
    private int _self;
    private int _inSync;
    private int _minInSync;

    private struct Replica
    {
        public int NodeId;
        public bool InSync;
        public long FlushedEnd;
    }

    /// <summary>Number of replicas in sync.</summary>
    public int InSyncCount => _inSync;

    /// <summary>Whether enough are in sync for an append to be safe.</summary>
    public bool HasEnoughInSync => _inSync >= _minInSync;

    /// <summary>Takes the sets over and forgets what the followers said.</summary>
    public void Reset(PartitionSettings settings)
    {
        _replicas = [];
        Change(settings);
    }

    /// <summary>Takes the sets over; replicas that stay keep what they said.</summary>
    public void Change(PartitionSettings settings)
    {
        var replicas = new Replica[settings.Replicas.Count];
        for (var i = 0; i < replicas.Length; i++)
        {
            var nodeId = settings.Replicas[i];
            replicas[i] = new Replica { NodeId = nodeId, FlushedEnd = FlushedEnd(nodeId), InSync = settings.InSyncReplicas.Contains(nodeId) };
        }

        _replicas = replicas;
        _self = settings.NodeId;
        _inSync = settings.InSyncReplicas.Count;
        _minInSync = settings.EffectiveMinInSync;
    }

    /// <summary>A replica says how far it has flushed; what it said before may only be raised.</summary>
    public void Report(int nodeId, long flushedEnd)
    {
        foreach (ref var replica in _replicas.AsSpan())
        {
            if (replica.NodeId == nodeId)
            {
                replica.FlushedEnd = Math.Max(replica.FlushedEnd, flushedEnd);
            }
        }
    }

    /// <summary>
    /// The least flushed end over the maximal in-sync set, <paramref name="ownEnd"/> being this node's; -1 while one of them has not
    /// reported, while there is none, or while there are fewer than <c>min.insync.replicas</c>.
    /// </summary>
    public long LeastFlushedEnd(long ownEnd)
    {
        if (!HasEnoughInSync || _inSync == 0)
        {
            return Unknown;
        }

        var least = long.MaxValue;
        foreach (ref readonly var replica in _replicas.AsSpan())
        {
            if (replica.InSync)
            {
                least = Math.Min(least, replica.NodeId == _self ? ownEnd : replica.FlushedEnd);
            }
        }

        return least == long.MaxValue ? Unknown : least;
    }

    private long FlushedEnd(int nodeId)
    {
        foreach (ref readonly var replica in _replicas.AsSpan())
        {
            if (replica.NodeId == nodeId)
            {
                return replica.FlushedEnd;
            }
        }

        return Unknown;
    }
}
