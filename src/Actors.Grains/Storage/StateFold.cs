using Actors.Model.Ports;

namespace Actors.Grains;

/// <summary>
/// What a state log says, folded: for each key the offset of its newest record. True for one partition in one leader epoch; a failed
/// append makes it stale, since the log may hold what the fold does not. <see cref="Gate"/> guards the dictionaries.
/// </summary>
internal sealed class StateFold(ILocalPartition partition, int leaderEpoch)
{
    private bool _isStale;

    /// <summary>The partition.</summary>
    public ILocalPartition Partition { get; } = partition;

    /// <summary>The epoch in which it was folded; appends carry it.</summary>
    public int LeaderEpoch { get; } = leaderEpoch;

    /// <summary>Taken for a moment; a partition's own lock may be taken inside, never the other way round.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Newest record of each state that exists.</summary>
    public Dictionary<byte[], long> Newest { get; } = new(new StateKeyComparer());

    /// <summary>
    /// Writes on their way, at most one per key, completed when the fold knows their outcome: the next one waits, so that it sees what it
    /// must be compared with.
    /// </summary>
    public Dictionary<byte[], TaskCompletionSource> Pending { get; } = new(new StateKeyComparer());

    /// <summary>Whether the fold may still be used for this partition as it is now.</summary>
    public bool IsCurrentFor(ILocalPartition now) =>
        !Volatile.Read(ref _isStale) && ReferenceEquals(now, Partition) && now.LeaderEpoch == LeaderEpoch;

    /// <summary>The log may hold something else: fold it again.</summary>
    public void MarkStale() => Volatile.Write(ref _isStale, true);
}
