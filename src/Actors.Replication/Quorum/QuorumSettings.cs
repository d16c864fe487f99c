namespace Actors.Replication.Quorum;

/// <summary>Who votes, and how long things take.</summary>
public sealed record QuorumSettings
{
    /// <summary>
    /// Default of <see cref="MaxZxidCounter"/>: a zxid's lower half has 32 bits; the next epoch begins well before they are used up.
    /// </summary>
    public const long DefaultMaxZxidCounter = 0xFFFF_0000;

    /// <summary>This node.</summary>
    public required int NodeId { get; init; }

    /// <summary>The voters by node id: 1, 3 or 5. Other nodes are learners.</summary>
    public required IReadOnlyList<int> Voters { get; init; }

    /// <summary>Least time without a leader before a voter stands for election, in ms; a random part comes with each tick.</summary>
    public long ElectionTimeoutMs { get; init; } = 1000;

    /// <summary>
    /// A leader that a majority has not fetched from for 1.5 times this resigns, in ms. Kafka's
    /// <c>controller.quorum.fetch.timeout.ms</c>, default 2,000.
    /// </summary>
    public long FetchTimeoutMs { get; init; } = 2000;

    /// <summary>Appends that may wait for the high watermark at once; beyond it they are refused with a retriable error.</summary>
    public int MaxPendingAppends { get; init; } = 65_536;

    /// <summary>Records after which the leader begins another zxid epoch without an election.</summary>
    public long MaxZxidCounter { get; init; } = DefaultMaxZxidCounter;

    /// <summary>Votes that make a leader.</summary>
    public int Majority => (Voters.Count / 2) + 1;

    /// <summary>Whether this node votes.</summary>
    public bool IsVoter => Voters.Contains(NodeId);
}

/// <summary>The vote a node gave; synced before anything is done that rests on it.</summary>
/// <param name="Epoch">Greatest epoch the node has seen; 0: none yet.</param>
/// <param name="VotedFor">Whom it voted for in that epoch, or -1.</param>
public readonly record struct QuorumVote(int Epoch, int VotedFor)
{
    /// <summary>A node that has never voted.</summary>
    public static QuorumVote Initial { get; } = new(0, -1);
}

/// <summary>What a node was found to hold when its cluster log was opened.</summary>
public readonly record struct QuorumRecovery
{
    /// <summary>The vote on disk.</summary>
    public required QuorumVote Vote { get; init; }

    /// <summary>First offset that is kept.</summary>
    public required long LogStart { get; init; }

    /// <summary>Offset the next record gets.</summary>
    public required long LogEnd { get; init; }

    /// <summary>Everything below is synced.</summary>
    public required long SyncedEnd { get; init; }

    /// <summary>Epoch of the last batch, or 0.</summary>
    public required int LastEpoch { get; init; }

    /// <summary>What is known to be committed: the end of the snapshot that was loaded.</summary>
    public required long HighWatermark { get; init; }

    /// <summary>Greatest append time stamped so far, ms since 1970.</summary>
    public long LastAppendTimeMs { get; init; }

    /// <summary>The producers as of <see cref="LogEnd"/>; becomes the machine's own. Null: none.</summary>
    public Model.Producers.ProducerTable? Producers { get; init; }
}
