using System.Collections.Concurrent;
using Actors.Cluster.Commands;
using Actors.Cluster.Snapshots;
using Actors.Storage.Devices;
using Microsoft.Extensions.Logging;

namespace Actors.Node.Cluster;

/// <summary>
/// Snapshots: taken on the apply thread, the tree in slices between commands, written and verified on a thread of their own, which is a few
/// slices behind at most.
/// </summary>
public sealed partial class ClusterHost
{
    private const int SnapshotSliceZnodes = 500;
    private const int MaxQueuedSlices = 4;

    /// <summary>Room of a slice's buffer, 256 KiB: 500 znodes of 100 bytes and what changed ahead of them.</summary>
    private const int SliceRoomBytes = 256 << 10;

    private Thread? _snapshotThread;
    private SnapshotInProgress? _snapshot;
    private long _snapshotEnd;
    private string? _snapshotFault;
    private string? _snapshotDamage; // found at the start; a later snapshot that succeeds does not unsay it

    /// <summary>
    /// A large state is written again once half as much has been written to the log, however many commands that are.
    /// </summary>
    private bool IsSnapshotDue =>
        (_appliedEnd - _snapshotEnd >= _options.SnapshotCommands || _bytesSinceSnapshot >= _options.SnapshotBytes)
        && _bytesSinceSnapshot >= _snapshots.LastBytes / 2 && _snapshotThread is not { IsAlive: true };

    /// <summary>Begins a snapshot if one is due, or takes its next slice. Apply thread, between commands.</summary>
    private void SnapshotIfDue()
    {
        if (_snapshot is not null)
        {
            ContinueSnapshot();
            return;
        }

        if (!IsSnapshotDue)
        {
            return;
        }

        var progress = new SnapshotInProgress(_machine.BeginSnapshot());
        _snapshot = progress;
        _snapshotEnd = progress.Snapshot.AppliedEnd;
        _bytesSinceSnapshot = 0;
        _snapshotThread = new Thread(() => WriteSnapshot(progress.Snapshot, progress.Consume(_signal)))
        {
            Name = "cluster-snapshot",
            IsBackground = true,
        };
        _snapshotThread.Start();
        ContinueSnapshot();
    }

    /// <summary>
    /// Takes some slices more, unless the writer is behind: it wakes the apply thread when it has caught up. Several at once, or a busy log
    /// would run away from its snapshot; few enough that no command waits for long.
    /// </summary>
    private void ContinueSnapshot()
    {
        for (var taken = 0; _snapshot is { } progress && progress.Slices.Count < MaxQueuedSlices; taken++)
        {
            if (taken == MaxQueuedSlices)
            {
                _signal.Set();
                return;
            }

            TakeSlice(progress);
        }
    }

    private void TakeSlice(SnapshotInProgress progress)
    {
        var slice = progress.Spare.TryTake(out var spare) ? spare : new CommandWriter(SliceRoomBytes);
        var more = progress.Snapshot.TakeSlice(SnapshotSliceZnodes, slice);
        progress.Slices.Add(slice);
        if (!more)
        {
            progress.Slices.CompleteAdding();
            _snapshot = null;
        }
    }

    /// <summary>Brings what was begun to its end, and takes another one if commands came since. Apply thread, its last act.</summary>
    private void TakeLastSnapshot()
    {
        while (_snapshot is { } progress)
        {
            TakeSlice(progress);
        }

        if (_appliedEnd > _snapshotEnd)
        {
            var snapshot = _machine.BeginSnapshot();
            WriteSnapshot(snapshot, snapshot.TakeSlices());
        }
    }

    private void WaitForSnapshot()
    {
        _snapshot?.Slices.CompleteAdding(); // given up, if the log failed while it was taken
        _snapshot = null;
        _snapshotThread?.Join();
    }

    private void WriteSnapshot(ClusterSnapshot snapshot, IEnumerable<ReadOnlyMemory<byte>> slices)
    {
        WaitForOther();
        try
        {
            _snapshots.Write(snapshot, slices);
            Volatile.Write(ref _snapshotFault, null);
            LogSnapshot(_logger, snapshot.AppliedEnd, snapshot.Digest);
            TrimLog();
        }
        catch (OperationCanceledException)
        {
            // Given up: the log has everything.
        }
        catch (StorageException e)
        {
            // The log still has everything: a start takes longer until a snapshot succeeds.
            Volatile.Write(ref _snapshotFault, $"The snapshot of the cluster's state could not be written: {e.Message}");
            LogSnapshotFailed(_logger, e);
            foreach (var _ in slices)
            {
                // The apply thread is not kept waiting by a disk that fails.
            }
        }
    }

    /// <summary>A snapshot that is being taken: slices on their way from the apply thread to the one that writes.</summary>
    private sealed class SnapshotInProgress(ClusterSnapshot snapshot)
    {
        public ClusterSnapshot Snapshot { get; } = snapshot;

        public BlockingCollection<CommandWriter> Slices { get; } = [];

        /// <summary>Written ones, to be filled again: no more than were on their way at once.</summary>
        public ConcurrentBag<CommandWriter> Spare { get; } = [];

        public IEnumerable<ReadOnlyMemory<byte>> Consume(WakeSignal signal)
        {
            foreach (var slice in Slices.GetConsumingEnumerable())
            {
                signal.Set();
                yield return slice.WrittenMemory;
                Spare.Add(slice);
            }
        }
    }

    /// <summary>Below the older of two verified snapshots the log is not needed: whole segments go, in their own time.</summary>
    private void TrimLog()
    {
        if (_log is { } log && _snapshots.TrimmableEnd > log.LogStartOffset)
        {
            // Durable with a checkpoint, before any segment is deleted. If the log fails first, it keeps what it has.
            _ = _directory!.MoveLogStartAsync(log, _snapshots.TrimmableEnd).ContinueWith(
                static moved => moved.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    private void WaitForOther()
    {
        if (_snapshotThread is { } thread && thread != Thread.CurrentThread)
        {
            thread.Join();
        }
    }

    [LoggerMessage(1100, LogLevel.Information, "Cluster log: node {Leader} leads in epoch {Epoch}")]
    private static partial void LogLeader(ILogger logger, int leader, int epoch);

    [LoggerMessage(1101, LogLevel.Information, "Cluster log: node {Node} is registered, start {Incarnation}; {Topics} topics, applied up to {End}")]
    private static partial void LogReady(ILogger logger, int node, long incarnation, int topics, long end);

    [LoggerMessage(1102, LogLevel.Critical, "Cluster log stopped: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason, Exception? cause);

    [LoggerMessage(1103, LogLevel.Information, "Snapshot of the cluster's state up to {End} written and verified, digest {Digest:x16}")]
    private static partial void LogSnapshot(ILogger logger, long end, ulong digest);

    [LoggerMessage(1104, LogLevel.Warning, "Snapshot of the cluster's state could not be written")]
    private static partial void LogSnapshotFailed(ILogger logger, Exception cause);

    [LoggerMessage(1105, LogLevel.Warning, "A snapshot of the cluster's state was passed over: {Damage}")]
    private static partial void LogSnapshotDamaged(ILogger logger, string damage);

    [LoggerMessage(1106, LogLevel.Information, "Cluster log: no leader is known, epoch {Epoch}")]
    private static partial void LogNoLeader(ILogger logger, int epoch);
}
