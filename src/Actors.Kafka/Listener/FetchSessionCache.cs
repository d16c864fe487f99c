using System.Diagnostics.CodeAnalysis;

namespace Actors.Kafka.Listener;

/// <summary>
/// The fetch sessions of one listener, bounded. Full: a new session takes the place of one not used for the eviction time, else of a
/// smaller one that has had that time; else the client stays without a session, which is legal. Source: KIP-227, FetchSessionCache.
/// </summary>
internal sealed class FetchSessionCache(int slots, int evictionMs)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, FetchSession> _sessions = [];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>A new session for <paramref name="partitionCount"/> partitions, or null.</summary>
    public FetchSession? TryCreate(int partitionCount, bool usesTopicIds, long nowMs)
    {
        lock (_lock)
        {
            if (slots <= 0 || partitionCount == 0 || (_sessions.Count >= slots && !TryEvict(partitionCount, nowMs)))
            {
                return null;
            }

            int id;
            do
            {
                id = Random.Shared.Next(1, int.MaxValue);
            }
            while (_sessions.ContainsKey(id));

            var session = new FetchSession(id, usesTopicIds) { CreatedMs = nowMs, UsedMs = nowMs, CachedCount = partitionCount };
            _sessions[id] = session;
            return session;
        }
    }

    public bool TryGet(int id, [NotNullWhen(true)] out FetchSession? session)
    {
        lock (_lock)
        {
            return _sessions.TryGetValue(id, out session);
        }
    }

    public void Touch(FetchSession session, int partitionCount, long nowMs)
    {
        lock (_lock)
        {
            session.UsedMs = nowMs;
            session.CachedCount = partitionCount;
        }
    }

    public void Remove(int id)
    {
        lock (_lock)
        {
            _sessions.Remove(id);
        }
    }

    // Looks at all of them, but only when the cache is full and a client opens a session.
    private bool TryEvict(int partitionCount, long nowMs)
    {
        FetchSession? victim = null;
        foreach (var session in _sessions.Values)
        {
            var unused = nowMs - session.UsedMs > evictionMs;
            var smaller = session.CachedCount < partitionCount && nowMs - session.CreatedMs > evictionMs;
            if ((unused || smaller) && (victim is null || session.UsedMs < victim.UsedMs))
            {
                victim = session;
            }
        }

        return victim is not null && _sessions.Remove(victim.Id);
    }
}
