using Actors.Cluster.Commands;
using Actors.Cluster.Znodes;
using Actors.Model.Records;
using Actors.Replication.Quorum;

namespace Actors.Node.Cluster;

/// <summary>What the leader does for the tree by itself: ends silent sessions, deletes what has outlived its time, sets the settings.</summary>
public sealed partial class ClusterHost
{
    private const int MaxExpiriesPerRound = 1000;
    private const int SlotsPerLook = 20_000;

    /// <summary>ZooKeeper's znode.container.maxPerMinute at its default check interval of a minute.</summary>
    private const int MaxDeletesPerLook = 10_000;

    /// <summary>A container that never had a child is deleted too, after five minutes: ZooKeeper's znode.container.maxNeverUsedIntervalMs.</summary>
    private const long ContainerNeverUsedMs = 300_000;

    private readonly List<long> _silent = [];
    private readonly List<ExpiredZnode> _expired = [];
    private ITimer? _sessionTicker;
    private ITimer? _containerTicker;

    private bool MayLead => !_stopping && Fault is null && Volatile.Read(ref _leads) && IsReady;

    private void BeginHouse()
    {
        var (looks, checks) = (_options.SessionLookPeriod, _options.ContainerCheckPeriod);
        _sessionTicker = _time.CreateTimer(static host => ((ClusterHost)host!).EndSilentSessions(), this, looks, looks);
        _containerTicker = _time.CreateTimer(static host => ((ClusterHost)host!).DeleteExpiredZnodes(), this, checks, checks);
        if (_machine.Tree.Settings == _options.TreeSettings)
        {
            return;
        }

        var writer = new TreeCommandWriter();
        var builder = new RecordBatchBuilder(ClusterHostOptions.MaxBatchBytes);
        writer.Begin(CommandKind.ChangeTreeSettings, new TreeCaller(0, -1, []));
        writer.WriteSettings(_options.TreeSettings);
        builder.TryAddValue(writer.Written);
        ProposeOwn(builder);
    }

    private void EndHouse()
    {
        _sessionTicker?.Dispose();
        _containerTicker?.Dispose();
    }

    /// <summary>Proposes the end of sessions that were silent for too long, as the leader: the command names the owner that was seen.</summary>
    private void EndSilentSessions()
    {
        if (!MayLead)
        {
            return;
        }

        lock (_silent)
        {
            _silent.Clear();
            Sessions.FindSilent((long)_options.SessionLookPeriod.TotalMilliseconds, _silent);
            if (_silent.Count == 0)
            {
                return;
            }

            var writer = new TreeCommandWriter();
            var builder = new RecordBatchBuilder(ClusterHostOptions.MaxBatchBytes);
            _stateGate.EnterReadLock();
            try
            {
                foreach (var id in _silent)
                {
                    if (builder.Count < MaxExpiriesPerRound && _machine.Tree.Sessions.TryGet(id, out var session))
                    {
                        writer.BeginBatch();
                        writer.Begin(CommandKind.ExpireSession, new TreeCaller(id, -1, []));
                        writer.WriteSeenOwner(session.OwnerNode, session.OwnerConnection);
                        builder.TryAddValue(writer.Written);
                    }
                }
            }
            finally
            {
                _stateGate.ExitReadLock();
            }

            ProposeOwn(builder);
        }
    }

    /// <summary>
    /// Proposes to delete empty containers and znodes whose time to live is over, ZooKeeper's ContainerManager: the command names what was
    /// seen, and does nothing if that has changed.
    /// </summary>
    private void DeleteExpiredZnodes()
    {
        if (!MayLead)
        {
            return;
        }

        lock (_expired)
        {
            var deleted = 0;
            var cursor = 0;
            do
            {
                _expired.Clear();
                _stateGate.EnterReadLock();
                try
                {
                    _machine.Tree.FindExpired(
                        ref cursor, SlotsPerLook, _time.GetUtcNow().ToUnixTimeMilliseconds(), ContainerNeverUsedMs, _expired);
                }
                finally
                {
                    _stateGate.ExitReadLock();
                }

                var writer = new TreeCommandWriter();
                var builder = new RecordBatchBuilder(ClusterHostOptions.MaxBatchBytes);
                foreach (var znode in _expired)
                {
                    writer.BeginBatch();
                    writer.Begin(CommandKind.DeleteExpiredZnode, new TreeCaller(0, -1, []));
                    writer.WriteExpired(znode.Path, znode.Mzxid, znode.Pzxid);
                    if (builder.Count < MaxExpiriesPerRound && builder.TryAddValue(writer.Written))
                    {
                        deleted++;
                    }
                }

                ProposeOwn(builder);
            }
            while (cursor > 0 && deleted < MaxDeletesPerLook);
        }
    }

    /// <summary>The leader's own commands: they carry no producer, and are found anew by the next leader if they are lost.</summary>
    private void ProposeOwn(RecordBatchBuilder builder)
    {
        if (builder.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            var slice = Lease(builder.Build());
            var info = RecordBatch.ReadInfo(slice.Span);
            Propose(QuorumInput.Proposed(info, null, 0, _time.GetUtcNow().ToUnixTimeMilliseconds()), slice, info);
        }
    }
}
