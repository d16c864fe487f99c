using Actors.Abstractions;

namespace Actors.Client;

/// <summary>
/// Is told which partitions a consumer has been given, or has to give up. Never called while a record of this consumer is being handled;
/// the group waits for it, so it has to end within <see cref="GroupConsumerOptions.MaxPollInterval"/>. An exception ends the reading.
/// </summary>
/// <param name="consumer">The consumer: commits are possible in it.</param>
/// <param name="partitions">The partitions, at least one.</param>
/// <param name="cancellationToken">Cancelled when the consumer is disposed and has waited long enough.</param>
public delegate ValueTask PartitionsHandler(
    GroupConsumer consumer, IReadOnlyList<PartitionKey> partitions, CancellationToken cancellationToken);

/// <summary>How a consumer takes part in its group. The names and defaults are those of Kafka's consumers.</summary>
public sealed class GroupConsumerOptions
{
    /// <summary><c>client.id</c>: what tools show. Default <c>actors</c>.</summary>
    public string ClientId { get; set; } = "actors";

    /// <summary>
    /// <c>group.instance.id</c> (KIP-345): a name that stays the same when the service is started again. Such a member does not leave when
    /// it is disposed: back within the session timeout it goes on with its partitions, and the others are not disturbed; dead, its
    /// partitions wait that long. Only one process may have a name. Default null: a new member at every start.
    /// </summary>
    public string? InstanceId { get; set; }

    /// <summary>
    /// <c>partition.assignment.strategy</c>: the assignors this member knows, the preferred one first. The group uses one that all members
    /// know, the one most of them prefer. Default <see cref="GroupAssignor.Range"/>, then <see cref="GroupAssignor.RoundRobin"/>. Both are
    /// eager: a rebalance takes all partitions from all members for a moment. Of a Java group add <c>RangeAssignor</c> (its default list
    /// has it) or <c>RoundRobinAssignor</c>.
    /// </summary>
    public IReadOnlyList<GroupAssignor> Assignors { get; set; } = [GroupAssignor.Range, GroupAssignor.RoundRobin];

    /// <summary>Where to begin without a committed offset. Default <see cref="OffsetReset.Latest"/>, as Kafka's.</summary>
    public OffsetReset OffsetReset { get; set; } = OffsetReset.Latest;

    /// <summary>
    /// <c>session.timeout.ms</c>: a member that is not heard of for this long has died, and others get its partitions. Default 45 s; a
    /// node takes 6 s to 30 min unless it is told otherwise.
    /// </summary>
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary><c>heartbeat.interval.ms</c>: also how soon a rebalance is noticed. Default 3 s; below a third of the session timeout.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// <c>max.poll.interval.ms</c>: a consumer whose record (or batch) is handled for longer than this, or that nobody reads, leaves the
    /// group; it joins again at the next read. Also how long a rebalance waits for it. Default 5 min.
    /// </summary>
    public TimeSpan MaxPollInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// <c>enable.auto.commit</c>: offsets of records that have been handled are committed every <see cref="AutoCommitInterval"/>, when
    /// partitions are given up, and at the end. A record has been handled when the next one is asked for, so every record is handled at
    /// least once. Default true; false: by <c>CommitAsync</c> only.
    /// </summary>
    public bool AutoCommit { get; set; } = true;

    /// <summary><c>auto.commit.interval.ms</c>. Default 5 s: about as much is handled again after a crash.</summary>
    public TimeSpan AutoCommitInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// <c>max.partition.fetch.bytes</c>: most bytes of one read of one partition. Default 512 KiB; at most
    /// <see cref="ReadQuery.MaxMaxBytes"/>. A batch larger than this is read whole.
    /// </summary>
    public int MaxPartitionFetchBytes { get; set; } = 512 * 1024;

    /// <summary>
    /// Reads that wait to be handled, over all partitions; beyond them each partition waits with one read in its hand. Default 16. So a
    /// consumer holds at most (this + its partitions) x <see cref="MaxPartitionFetchBytes"/>.
    /// </summary>
    public int MaxBufferedReads { get; set; } = 16;

    /// <summary>Called with partitions given, before their first record. Default null.</summary>
    public PartitionsHandler? PartitionsAssigned { get; set; }

    /// <summary>Called with partitions to give up, after their last record; they are still this member's: commit here. Default null.</summary>
    public PartitionsHandler? PartitionsRevoked { get; set; }

    /// <summary>Called with partitions that others may have already: what is not committed, they handle again. Default null.</summary>
    public PartitionsHandler? PartitionsLost { get; set; }

    internal void Validate()
    {
        foreach (var (name, value) in new[]
        {
            (nameof(SessionTimeout), SessionTimeout), (nameof(HeartbeatInterval), HeartbeatInterval),
            (nameof(MaxPollInterval), MaxPollInterval), (nameof(AutoCommitInterval), AutoCommitInterval),
        })
        {
            Check(value > TimeSpan.Zero && value.TotalMilliseconds < int.MaxValue, $"{name} has to be longer than zero, not {value}");
        }

        Check(HeartbeatInterval < SessionTimeout, $"{nameof(HeartbeatInterval)} has to be shorter than {nameof(SessionTimeout)}");
        Check(
            Assignors is { Count: > 0 } && Assignors.All(Enum.IsDefined) && Assignors.Distinct().Count() == Assignors.Count,
            $"{nameof(Assignors)} has to name at least one assignor, and none twice");
        Check(!string.IsNullOrEmpty(ClientId), $"{nameof(ClientId)} has to be a text");
        Check(InstanceId is not "", $"{nameof(InstanceId)} has to be a text, or null");
        Check(
            MaxPartitionFetchBytes is > 0 and <= ReadQuery.MaxMaxBytes,
            $"{nameof(MaxPartitionFetchBytes)} has to be from 1 to {ReadQuery.MaxMaxBytes}, not {MaxPartitionFetchBytes}");
        Check(MaxBufferedReads > 0, $"{nameof(MaxBufferedReads)} has to be at least 1, not {MaxBufferedReads}");
    }

    /// <summary>A copy: what the caller changes later changes nothing.</summary>
    internal GroupConsumerOptions Copy()
    {
        var copy = (GroupConsumerOptions)MemberwiseClone();
        copy.Assignors = [.. Assignors];
        return copy;
    }

    private static void Check(bool isGood, string sentence)
    {
        if (!isGood)
        {
            throw new ArgumentException($"{nameof(GroupConsumerOptions)}.{sentence}.");
        }
    }
}
