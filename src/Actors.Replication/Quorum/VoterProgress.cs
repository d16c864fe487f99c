namespace Actors.Replication.Quorum;

/// <summary>What a leader or candidate knows of each voter.</summary>
internal sealed class VoterProgress(QuorumSettings settings)
{
    private readonly Voter[] _voters = [.. settings.Voters.Select(id => new Voter { NodeId = id })];
    private readonly long[] _ends = new long[settings.Voters.Count];

    private struct Voter
    {
        public int NodeId;
        public bool Granted;
        public long FlushedEnd;
        public long FetchedAtMs;
    }

    /// <summary>Forgets everything; voters count as having fetched at <paramref name="nowMs"/>.</summary>
    public void Reset(long nowMs)
    {
        foreach (ref var voter in _voters.AsSpan())
        {
            voter.Granted = false;
            voter.FlushedEnd = -1;
            voter.FetchedAtMs = nowMs;
        }
    }

    /// <summary>A voter gave its vote. True if that makes a majority.</summary>
    public bool Grant(int nodeId)
    {
        var granted = 0;
        foreach (ref var voter in _voters.AsSpan())
        {
            voter.Granted |= voter.NodeId == nodeId;
            granted += voter.Granted ? 1 : 0;
        }

        return granted >= settings.Majority;
    }

    /// <summary>A voter has synced everything below <paramref name="flushedEnd"/>.</summary>
    public void Report(int nodeId, long flushedEnd, long nowMs)
    {
        foreach (ref var voter in _voters.AsSpan())
        {
            if (voter.NodeId == nodeId)
            {
                voter.FlushedEnd = Math.Max(voter.FlushedEnd, flushedEnd);
                voter.FetchedAtMs = Math.Max(voter.FetchedAtMs, nowMs);
            }
        }
    }

    /// <summary>The end that a majority has synced, or -1.</summary>
    public long MajorityEnd()
    {
        for (var i = 0; i < _voters.Length; i++)
        {
            _ends[i] = _voters[i].FlushedEnd;
        }

        Array.Sort(_ends);
        return _ends[^settings.Majority];
    }

    /// <summary>Whether a majority, the leader itself included, has fetched since <paramref name="sinceMs"/>.</summary>
    public bool MajorityFetchedSince(long sinceMs)
    {
        var fetched = 0;
        foreach (ref readonly var voter in _voters.AsSpan())
        {
            fetched += voter.NodeId == settings.NodeId || voter.FetchedAtMs >= sinceMs ? 1 : 0;
        }

        return fetched >= settings.Majority;
    }
}
