using System.Diagnostics.CodeAnalysis;

namespace Actors.Kafka.Listener;

/// <summary>A partition as a fetch request names it: by topic id from version 13 on, by name before.</summary>
internal readonly record struct FetchKey(Guid TopicId, string TopicName, int Partition);

/// <summary>What a consumer wants of one partition, and, in a session, what it was told last.</summary>
internal sealed class FetchPartition
{
    public required FetchKey Key { get; init; }
    public int CurrentLeaderEpoch { get; set; } = -1;
    public long FetchOffset { get; set; }
    public int LastFetchedEpoch { get; set; } = -1;
    public int MaxBytes { get; set; }

    /// <summary>High watermark of the last answer, or -1: the next one includes the partition.</summary>
    public long ToldHighWatermark { get; set; } = -1;

    /// <summary>Log start of the last answer, or -1.</summary>
    public long ToldLogStart { get; set; } = -1;
}

/// <summary>
/// An incremental fetch session (KIP-227): the partitions a consumer fetches, so that its requests and our answers name only what
/// changed. Guarded by its own lock: clients use it from one connection, nothing forces them to.
/// </summary>
internal sealed class FetchSession(int id, bool usesTopicIds)
{
    /// <summary>Epoch of a request that opens a session.</summary>
    public const int InitialEpoch = 0;

    /// <summary>Epoch of a request without a session.</summary>
    public const int FinalEpoch = -1;

    private readonly Dictionary<FetchKey, LinkedListNode<FetchPartition>> _byKey = [];
    private readonly LinkedList<FetchPartition> _partitions = [];

    public int Id { get; } = id;

    public bool UsesTopicIds { get; } = usesTopicIds;

    public Lock Lock { get; } = new();

    /// <summary>The epoch the next request must carry.</summary>
    public int Epoch { get; private set; } = 1;

    public int Count => _byKey.Count;

    public long CreatedMs { get; set; }

    public long UsedMs { get; set; }

    /// <summary>The size the cache knows it by.</summary>
    public int CachedCount { get; set; }

    public LinkedList<FetchPartition> Partitions => _partitions;

    public static int EpochAfter(int epoch) => epoch < 0 ? FinalEpoch : epoch == int.MaxValue ? 1 : epoch + 1;

    public void NextEpoch() => Epoch = EpochAfter(Epoch);

    /// <summary>Adds a partition or changes what is wanted of it.</summary>
    public void Set(FetchPartition wanted)
    {
        if (!_byKey.TryGetValue(wanted.Key, out var node))
        {
            _byKey[wanted.Key] = _partitions.AddLast(wanted);
            return;
        }

        var known = node.Value;
        known.CurrentLeaderEpoch = wanted.CurrentLeaderEpoch;
        known.FetchOffset = wanted.FetchOffset;
        known.LastFetchedEpoch = wanted.LastFetchedEpoch;
        known.MaxBytes = wanted.MaxBytes;
    }

    public void Forget(in FetchKey key)
    {
        if (_byKey.Remove(key, out var node))
        {
            _partitions.Remove(node);
        }
    }

    /// <summary>The partition got records: others come first next time.</summary>
    public void MoveToEnd(in FetchKey key)
    {
        if (_byKey.TryGetValue(key, out var node))
        {
            _partitions.Remove(node);
            _partitions.AddLast(node);
        }
    }

    public bool TryGet(in FetchKey key, [NotNullWhen(true)] out FetchPartition? partition)
    {
        partition = _byKey.TryGetValue(key, out var node) ? node.Value : null;
        return partition is not null;
    }
}
