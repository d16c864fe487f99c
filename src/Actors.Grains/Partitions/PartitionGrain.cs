using System.Runtime.CompilerServices;
using Actors.Abstractions;
using Orleans.Placement;

namespace Actors.Grains;

/// <summary>
/// The address of one partition: its facet is the log, and everything it says comes from there. An activation on a node that does not
/// lead (any more) answers NotLeader and moves to the leader.
/// </summary>
[GrainType(LogOfGrain.PartitionGrainType), LeaderPlacement, Immovable]
public sealed class PartitionGrain([AppendOnlyLog] IAppendOnlyLog log) : Grain, IPartitionGrain
{
    /// <inheritdoc/>
    public ValueTask<Answer<AppendedBatch>> AppendAsync(
        int leaderEpoch, RecordBatchBytes batch, CancellationToken cancellationToken = default) =>
        log.TryAppendAsync(leaderEpoch, batch, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Answer<PartitionRead>> ReadAsync(ReadQuery query, CancellationToken cancellationToken = default) =>
        log.TryReadAsync(query, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Answer<LogOffsets>> GetOffsetsAsync(CancellationToken cancellationToken = default) =>
        log.TryGetOffsetsAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Answer<FoundOffset>> FindOffsetAsync(long timestampMs, CancellationToken cancellationToken = default) =>
        log.TryFindOffsetAsync(timestampMs, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<Answer<PartitionRead>> TailAsync(
        ReadQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        // An empty answer goes out before the caller's response timeout does, whatever the query says.
        var next = query with { MaxWaitMs = query.MaxWaitMs > 0 ? query.MaxWaitMs : ReadQuery.MaxMaxWaitMs };
        while (!cancellationToken.IsCancellationRequested)
        {
            var answer = await log.TryReadAsync(next, cancellationToken);
            // Orleans gathers what is ready at once into one message: one read at a time, so that a message stays about a MiB.
            await Task.Yield();
            yield return answer;
            if (!answer.IsDone)
            {
                yield break;
            }

            next = next with { Offset = answer.Value.NextOffset };
        }
    }
}
