using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Actors.Abstractions;

namespace Actors.Client;

/// <summary>
/// The reader's side. Whether a record is being handled is one state under one lock: partitions are given up between two records, never
/// under one.
/// </summary>
public sealed partial class GroupConsumer
{
    /// <summary>
    /// Gives the records of the partitions the member has, one after the other, for ever; those of one partition in their order. A
    /// record has been handled when the next one is asked for; the one at which the loop is left counts as not handled, unless it was
    /// committed.
    /// </summary>
    /// <param name="cancellationToken">Ends the loop with an <see cref="OperationCanceledException"/>; the membership ends at dispose.</param>
    /// <exception cref="LogException">The group or a log refuses.</exception>
    /// <exception cref="NoOffsetException">There is no offset to begin at, and <see cref="OffsetReset.None"/> is set.</exception>
    /// <exception cref="InvalidOperationException">Another loop reads already.</exception>
    public async IAsyncEnumerable<ConsumedRecord> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Start();
        try
        {
            while (true)
            {
                var (assignment, read) = await TakeAsync(cancellationToken).ConfigureAwait(false);
                var next = 0;
                while (next < read.Records.Count && TryHandle(assignment, read.Source, read.Records[next].Offset + 1))
                {
                    yield return new ConsumedRecord(read.Source, read.Records[next], assignment);
                    Handled(assignment, read.Source, read.Records[next++].Offset + 1);
                    cancellationToken.ThrowIfCancellationRequested();
                }

                if (next == read.Records.Count)
                {
                    Handled(assignment, read.Source, read.NextOffset, read.IsRestart);
                }
            }
        }
        finally
        {
            GoAway();
        }
    }

    /// <summary>
    /// As <see cref="ReadAllAsync"/>, but records that were read together come together; all of a batch have been handled when the next
    /// one is asked for.
    /// </summary>
    /// <inheritdoc cref="ReadAllAsync"/>
    public async IAsyncEnumerable<ConsumedBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Start();
        try
        {
            while (true)
            {
                var (assignment, read) = await TakeAsync(cancellationToken).ConfigureAwait(false);
                if (read.Records.Count > 0)
                {
                    if (!TryHandle(assignment, read.Source, read.NextOffset))
                    {
                        continue;
                    }

                    yield return new ConsumedBatch(read.Source, [.. read.Records.Select(r => new ConsumedRecord(read.Source, r, assignment))]);
                }

                Handled(assignment, read.Source, read.NextOffset, read.IsRestart);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            GoAway();
        }
    }

    private async ValueTask<(Assignment Assignment, FetchedRecords Read)> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = _readerWakes.Next;
            Assignment? assignment;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                if (_failure is { } failure)
                {
                    ExceptionDispatchInfo.Throw(failure);
                }

                assignment = _assignment is { IsEnding: false } current ? current : null;
                if (assignment is not null && assignment.Ready.TryRead(out var read))
                {
                    return (assignment, read);
                }
            }

            if (assignment is null)
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await assignment.Ready.WaitToReadAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The next record is about to be handled; false: its partition has to be given up.</summary>
    private bool TryHandle(Assignment assignment, PartitionKey partition, long nextOffset)
    {
        lock (_gate)
        {
            if (assignment.IsEnding)
            {
                return false;
            }

            SetReader(ReaderState.Handling);
        }

        assignment.HandOut(partition, nextOffset);
        return true;
    }

    private void Handled(Assignment assignment, PartitionKey partition, long nextOffset, bool isRestart = false)
    {
        bool isAwaited;
        lock (_gate)
        {
            if (isRestart)
            {
                assignment.Restart(partition, nextOffset);
            }
            else
            {
                assignment.Finish(partition, nextOffset);
            }

            isAwaited = _reader == ReaderState.Handling && assignment.IsEnding;
            SetReader(ReaderState.Waiting);
        }

        if (isAwaited)
        {
            _loopWakes.Raise();
        }
    }

    private void GoAway()
    {
        lock (_gate)
        {
            SetReader(ReaderState.Away);
        }

        _loopWakes.Raise();
    }
}
