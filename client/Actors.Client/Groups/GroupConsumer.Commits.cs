using Actors.Abstractions;
using Microsoft.Extensions.Logging;

namespace Actors.Client;

/// <summary>Commits: one at a time, so that a later one is never overtaken by an earlier one.</summary>
public sealed partial class GroupConsumer
{
    private static readonly Answer<GroupOffsets> s_nothing = Answer.Done(new GroupOffsets([]));

    /// <summary>
    /// Commits everything that was given out, what is being handled included: call it when that is done. Answers the offsets that were
    /// committed, which are synced then; none where there was nothing new.
    /// </summary>
    /// <exception cref="LogException">
    /// Refused: the group has gone on without this member (<c>IllegalGeneration</c>, <c>UnknownMemberId</c>, <c>FencedInstanceId</c>), and
    /// others handle the records again; or no answer came within the delivery timeout.
    /// </exception>
    public async Task<GroupOffsets> CommitAsync(CancellationToken cancellationToken = default) =>
        (await TryCommitAsync(cancellationToken).ConfigureAwait(false)).GetValueOrThrow();

    /// <summary>As <see cref="CommitAsync"/>; every outcome is a value.</summary>
    public ValueTask<Answer<GroupOffsets>> TryCommitAsync(CancellationToken cancellationToken = default) =>
        Current is { } assignment
            ? CommitOffsetsAsync(assignment, assignment.Uncommitted(withHandedOut: true), _deliveryTimeout, cancellationToken)
            : ValueTask.FromResult(s_nothing);

    internal async Task CommitRecordAsync(ConsumedRecord record, CancellationToken cancellationToken)
    {
        var assignment = record.Assignment;
        assignment.Finish(record.Source, record.Offset + 1);
        var offsets = GroupOffsets.Of(new GroupOffset(record.Topic, record.Partition, record.Offset + 1));
        (await CommitOffsetsAsync(assignment, offsets, _deliveryTimeout, cancellationToken).ConfigureAwait(false)).GetValueOrThrow();
    }

    private async ValueTask<Answer<GroupOffsets>> CommitOffsetsAsync(
        Assignment assignment, GroupOffsets offsets, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (offsets.Offsets.IsEmpty)
        {
            return s_nothing;
        }

        await _committing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var answer = await CommitOnceOrMoreAsync(assignment, offsets, patience, cancellationToken).ConfigureAwait(false);
            if (answer.Error != ErrorCode.UnknownTopicOrPartition)
            {
                return answer;
            }

            // One of the topics was deleted. That must not take the others' offsets along.
            foreach (var topic in offsets.Offsets.GroupBy(o => o.Topic, StringComparer.Ordinal))
            {
                var ofTopic = new GroupOffsets([.. topic]);
                var one = await CommitOnceOrMoreAsync(assignment, ofTopic, patience, cancellationToken).ConfigureAwait(false);
                answer = one.IsDone ? answer : one;
            }

            return answer;
        }
        finally
        {
            _committing.Release();
        }
    }

    private async ValueTask<Answer<GroupOffsets>> CommitOnceOrMoreAsync(
        Assignment assignment, GroupOffsets offsets, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            if (assignment.IsLost)
            {
                return Answer.Failed<GroupOffsets>(
                    ErrorCode.IllegalGeneration,
                    $"Group '{GroupId}' has gone on without this member: others handle again what was not committed.");
            }

            var answer = await _member.CommitAsync(assignment.Generation.Member, offsets, cancellationToken).ConfigureAwait(false);
            if (answer.IsDone)
            {
                assignment.Committed(offsets);
                return answer;
            }

            // A rebalance in progress ends by itself, and then the generation is an old one.
            var isFinal = answer is { Kind: AnswerKind.Refused, Error: not ErrorCode.RebalanceInProgress };
            if (isFinal || _time.GetElapsedTime(started) >= patience)
            {
                return answer;
            }

            LogCommitAgain(_logger, GroupId, answer.Kind, answer.Error);
            await Task.Delay(CallOutcome.PauseAfter(answer, attempt), _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>An automatic commit while the member lives on; whatever ends it but an answer is told to the reader.</summary>
    private async Task CommitBesideAsync(Assignment assignment)
    {
        try
        {
            await CommitDoneAsync(assignment, TimeSpan.Zero).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            // disposed, and longer at its end than it may be
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    /// <summary>The commit before partitions are given up: behind one that is still on its way.</summary>
    private async Task CommitLastAsync(Assignment assignment)
    {
        await _autoCommit.ConfigureAwait(false);
        await CommitDoneAsync(assignment, patience: _options.HeartbeatInterval).ConfigureAwait(false);
    }

    /// <summary>What automatic commits do; one that fails is made up for by the next one, or by handling records again.</summary>
    private async Task CommitDoneAsync(Assignment assignment, TimeSpan patience)
    {
        if (!_options.AutoCommit)
        {
            return;
        }

        var done = assignment.Uncommitted(withHandedOut: false);
        var answer = await CommitOffsetsAsync(assignment, done, patience, _abort.Token).ConfigureAwait(false);
        if (!answer.IsDone)
        {
            LogNotCommitted(_logger, GroupId, done.Offsets.Length, answer.Kind, answer.Error);
        }
    }

    [LoggerMessage(9317, LogLevel.Debug, "Group {Group}: a commit was answered {Kind} ({Error}); trying again.")]
    private static partial void LogCommitAgain(ILogger logger, string group, AnswerKind kind, ErrorCode error);

    [LoggerMessage(9318, LogLevel.Warning, "Group {Group}: the offsets of {Count} partitions were not committed: {Kind} ({Error}).")]
    private static partial void LogNotCommitted(ILogger logger, string group, int count, AnswerKind kind, ErrorCode error);
}
