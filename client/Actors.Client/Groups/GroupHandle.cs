using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Actors.Abstractions;
using Microsoft.Extensions.Logging;

namespace Actors.Client;

/// <summary>One consumer group: thread-safe, kept for the client's life. See <see cref="ActorsClient.Group"/>.</summary>
public sealed class GroupHandle
{
    private readonly IGrainFactory _grains;
    private readonly IConsumerGroupGrain _group;
    private readonly ActorsClientOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<GroupConsumer, bool> _open = new();

    internal GroupHandle(string id, IGrainFactory grains, ActorsClientOptions options, ILogger logger, TimeProvider time)
    {
        Id = id;
        _grains = grains;
        _group = grains.GetGrain<IConsumerGroupGrain>(id);
        _options = options;
        _logger = logger;
        _time = time;
    }

    /// <summary>The group's id.</summary>
    public string Id { get; }

    /// <summary>
    /// Joins the group and gives the records of the topics' partitions that it is assigned, for ever; leaves when the loop ends. Offsets
    /// are committed by themselves, so that every record is handled at least once (see <see cref="GroupConsumerOptions.AutoCommit"/>);
    /// the record at which the loop is left is given again, unless it was committed by <see cref="ConsumedRecord.CommitAsync"/>.
    /// </summary>
    /// <param name="topics">The topics; they need not exist yet.</param>
    /// <param name="options">How it takes part in the group.</param>
    /// <param name="cancellationToken">Ends the loop with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">There is no topic, or a setting has a bad value.</exception>
    /// <exception cref="LogException">The group or a log refuses.</exception>
    /// <exception cref="NoOffsetException">There is no offset to begin at, and <see cref="OffsetReset.None"/> is set.</exception>
    public async IAsyncEnumerable<ConsumedRecord> ConsumeAsync(
        IEnumerable<string> topics, GroupConsumerOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var consumer = Subscribe(topics, options);
        await using (consumer.ConfigureAwait(false))
        {
            await foreach (var record in consumer.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return record;
            }
        }
    }

    /// <summary>A member of the group that joins at its first read; the caller disposes it. Topics need not exist yet.</summary>
    /// <exception cref="ArgumentException">There is no topic, or a setting has a bad value.</exception>
    public GroupConsumer Subscribe(IEnumerable<string> topics, GroupConsumerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(topics);
        var names = topics.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (names.Length == 0 || names.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A consumer reads at least one topic, by its name.", nameof(topics));
        }

        var copy = (options ?? new GroupConsumerOptions()).Copy();
        copy.Validate();
        var consumer = new GroupConsumer(
            Id, names, copy, _grains, _options.DeliveryTimeout, _logger, _time, closed => _open.TryRemove(closed, out _));
        _open.TryAdd(consumer, true);
        return consumer;
    }

    /// <summary>The group with its members, or null if there is none.</summary>
    /// <exception cref="LogException">No answer came within the delivery timeout.</exception>
    public async Task<ConsumerGroupInfo?> DescribeAsync(CancellationToken cancellationToken = default)
    {
        var described = await RetryAsync(() => _group.DescribeAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        return described.Error == ErrorCode.GroupIdNotFound ? null : described.GetValueOrThrow();
    }

    /// <summary>All committed offsets; none for a group that does not exist.</summary>
    /// <exception cref="LogException">No answer came within the delivery timeout.</exception>
    public async Task<GroupOffsets> GetOffsetsAsync(CancellationToken cancellationToken = default) =>
        (await RetryAsync(() => _group.GetOffsetsAsync(cancellationToken), cancellationToken).ConfigureAwait(false)).GetValueOrThrow();

    /// <summary>How far the group is behind the logs of the partitions it has committed offsets for.</summary>
    /// <exception cref="LogException">No answer came within the delivery timeout.</exception>
    public async Task<ConsumerGroupLag> GetLagAsync(CancellationToken cancellationToken = default) =>
        (await RetryAsync(() => _group.GetLagAsync(cancellationToken), cancellationToken).ConfigureAwait(false)).GetValueOrThrow();

    /// <summary>Commits offsets of a group without members: what a service does that reads partitions of its own choice.</summary>
    /// <exception cref="LogException">It was refused, as while the group has members; or no answer came within the delivery timeout.</exception>
    public async Task<GroupOffsets> CommitAsync(GroupOffsets offsets, CancellationToken cancellationToken = default) =>
        (await RetryAsync(() => _group.CommitAsync(offsets, cancellationToken), cancellationToken).ConfigureAwait(false)).GetValueOrThrow();

    /// <summary>Moves the offsets of one topic; answers the new ones.</summary>
    /// <exception cref="LogException">It was refused, as while the group has members; or no answer came within the delivery timeout.</exception>
    public async Task<GroupOffsets> ResetAsync(GroupReset reset, CancellationToken cancellationToken = default) =>
        (await RetryAsync(() => _group.ResetAsync(reset, cancellationToken), cancellationToken).ConfigureAwait(false)).GetValueOrThrow();

    /// <summary>Forgets the group and its offsets.</summary>
    /// <exception cref="LogException">There is none, it has members, or no answer came within the delivery timeout.</exception>
    public async Task DeleteAsync(CancellationToken cancellationToken = default) =>
        (await RetryAsync(() => _group.DeleteAsync(cancellationToken), cancellationToken).ConfigureAwait(false)).GetValueOrThrow();

    /// <summary>Disposes the consumers that are still open.</summary>
    internal async Task CloseAsync()
    {
        foreach (var consumer in _open.Keys)
        {
            await consumer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private ValueTask<Answer<T>> RetryAsync<T>(Func<ValueTask<Answer<T>>> call, CancellationToken cancellationToken)
        where T : class => CallOutcome.RetryAsync(call, _options.DeliveryTimeout, _time, cancellationToken);
}
