using System.Runtime.CompilerServices;
using Actors.Abstractions;
using Orleans.Placement;

namespace Actors.Grains;

/// <summary>
/// The address of one partition: its facet is the log, and everything it says comes from there. An activation on a node that does not
/// lead (any more) answers NotLeader and goes, so that the next call places one at the leader.
/// </summary>
[GrainType(LogOfGrain.PartitionGrainType), LeaderPlacement, Immovable]
public sealed class PartitionGrain([AppendOnlyLog] IAppendOnlyLog log) : Grain, IPartitionGrain
{
    /// <inheritdoc/>
    public async ValueTask<Answer<AppendedBatch>> AppendAsync(
        int leaderEpoch, RecordBatchBytes batch, CancellationToken cancellationToken = default) =>
        LeaveIfElsewhere(await log.TryAppendAsync(leaderEpoch, batch, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<Answer<PartitionRead>> ReadAsync(ReadQuery query, CancellationToken cancellationToken = default) =>
        LeaveIfElsewhere(await log.TryReadAsync(query, cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<Answer<LogOffsets>> GetOffsetsAsync(CancellationToken cancellationToken = default) =>
        LeaveIfElsewhere(await log.TryGetOffsetsAsync(cancellationToken));

    /// <inheritdoc/>
    public async ValueTask<Answer<FoundOffset>> FindOffsetAsync(long timestampMs, CancellationToken cancellationToken = default) =>
        LeaveIfElsewhere(await log.TryFindOffsetAsync(timestampMs, cancellationToken));

    /// <inheritdoc/>
    public async IAsyncEnumerable<Answer<PartitionRead>> TailAsync(
        ReadQuery query, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        // An empty answer goes out before the caller's response timeout does, whatever the query says.
        var next = query with { MaxWaitMs = query.MaxWaitMs > 0 ? query.MaxWaitMs : ReadQuery.MaxMaxWaitMs };
        while (!cancellationToken.IsCancellationRequested)
        {
            var answer = LeaveIfElsewhere(await log.TryReadAsync(next, cancellationToken));
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

    private Answer<T> LeaveIfElsewhere<T>(Answer<T> answer)
        where T : class
    {
        if (answer.Kind == AnswerKind.NotLeader)
        {
            DeactivateOnIdle();
        }

        return answer;
    }
}
