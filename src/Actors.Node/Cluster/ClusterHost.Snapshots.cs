using Actors.Cluster.Snapshots;
using Actors.Storage.Devices;
using Microsoft.Extensions.Logging;

namespace Actors.Node.Cluster;

/// <summary>Snapshots: taken on the apply thread in an instant, written and verified on a thread of their own.</summary>
public sealed partial class ClusterHost
{
    private Thread? _snapshotThread;
    private long _snapshotEnd;
    private string? _snapshotFault;

    private void SnapshotIfDue()
    {
        if ((_appliedEnd - _snapshotEnd < _options.SnapshotCommands && _bytesSinceSnapshot < _options.SnapshotBytes)
            || _snapshotThread is { IsAlive: true })
        {
            return;
        }

        var snapshot = _machine.TakeSnapshot();
        _snapshotEnd = snapshot.AppliedEnd;
        _bytesSinceSnapshot = 0;
        _snapshotThread = new Thread(() => WriteSnapshot(snapshot)) { Name = "cluster-snapshot", IsBackground = true };
        _snapshotThread.Start();
    }

    private void WaitForSnapshot() => _snapshotThread?.Join();

    private void WriteSnapshot(ClusterSnapshot snapshot)
    {
        WaitForOther();
        try
        {
            _snapshots.Write(snapshot);
            Volatile.Write(ref _snapshotFault, null);
            LogSnapshot(_logger, snapshot.AppliedEnd, snapshot.Digest);
        }
        catch (StorageException e)
        {
            // The log still has everything: a start takes longer until a snapshot succeeds.
            Volatile.Write(ref _snapshotFault, $"The snapshot of the cluster's state could not be written: {e.Message}");
            LogSnapshotFailed(_logger, e);
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
