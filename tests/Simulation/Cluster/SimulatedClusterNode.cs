using Actors.Cluster;
using Actors.Cluster.Commands;
using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Machines;
using Actors.Model.Records;
using Actors.Node.Cluster;
using Actors.Replication.Quorum;
using Actors.Storage;
using Actors.Storage.Devices;
using Microsoft.Extensions.Logging.Abstractions;
using Simulation.Fakes;
using Simulation.Runs;

namespace Simulation.Cluster;

/// <summary>One process of the cluster log's only voter: quorum, log, vote, snapshots and state, on one thread.</summary>
internal sealed class SimulatedClusterNode : ILogDirectorySink
{
    private const int NodeId = 1;
    private const string Folder = "/data/cluster";

    private readonly SimulatedStorageDevice _device;
    private readonly SimulatedClock _clock;
    private readonly LeasePool _leases;
    private readonly ClusterHistory _history;
    private readonly Func<bool> _isDead;
    private readonly ClusterRot? _rot;
    private readonly TreeWatchers? _watchers;
    private readonly RecordBatchBuilder _builder = new();
    private readonly SnapshotStore _snapshots;
    private readonly QuorumMachine _quorum;
    private readonly PartitionLog _log;
    private Effects<QuorumEffect> _effects;
    private Effects<ClusterEvent> _events;
    private long _highWatermark;
    private long _registeredAt = -1;

    /// <summary>Opens what is on the disk.</summary>
    /// <exception cref="NodeRefusedException">What is there cannot be served; the world knows whether there is an excuse.</exception>
    public SimulatedClusterNode(
        SimulatedStorageDevice device, LogDirectoryOptions options, LogConfig config, SimulatedClock clock, LeasePool leases,
        ClusterHistory history, Func<bool> isDead, ClusterRot? rot = null, TreeWatchers? watchers = null)
    {
        (_device, _clock, _leases, _history, _isDead, _rot, _watchers) = (device, clock, leases, history, isDead, rot, watchers);
        DurableFile.CreateDirectory(device, "/data");
        DurableFile.CreateDirectory(device, Folder);
        var vote = VoteFile.Read(device, $"{Folder}/{VoteFile.FileName}");
        ClusterHistory.Must(vote.Epoch >= history.LeaderEpoch, $"the vote is of epoch {vote.Epoch}, a leader was in {history.LeaderEpoch}");
        _snapshots = new SnapshotStore(device, $"{Folder}/snapshots", null);
        Machine = _snapshots.Load();
        ClusterHistory.Must(rot is not null || _snapshots.Damaged.Count == 0, $"a snapshot is damaged: {string.Concat(_snapshots.Damaged)}");
        ClusterHistory.Must(Machine.AppliedEnd <= history.End, $"a snapshot ends at {Machine.AppliedEnd}, only {history.End} were applied");
        history.CheckState(Machine);
        Directory = LogDirectory.Open(device, options, leases, clock, this, NullLogger.Instance);
        var opening = Directory.OpenLog(new LogIdentity(ClusterHost.LogId, ClusterHost.LogName), config);
        _log = opening.Log ?? throw new NodeRefusedException(opening.Refusal ?? Directory.Fault?.Reason ?? "The log does not open.");
        if (opening.Cut is { } cut && rot is not null && _log.WrittenEnd < history.End)
        {
            ClusterHistory.Must(cut.Offset >= rot.RecoveryPoint, $"the log is cut at {cut.Offset}, below its recovery point {rot.RecoveryPoint}");
            history.Lose(_log.WrittenEnd);
        }

        ClusterHistory.Must(_log.WrittenEnd >= history.End, $"the log ends at {_log.WrittenEnd}, {history.End} commands were applied");
        if (Machine.AppliedEnd < _log.LogStartOffset || Machine.AppliedEnd > _log.WrittenEnd)
        {
            throw new NodeRefusedException($"The snapshot ends at {Machine.AppliedEnd}, the log at {_log.WrittenEnd}.");
        }

        _log.Owner = this;
        _highWatermark = Machine.AppliedEnd;
        _quorum = new QuorumMachine(
            new QuorumSettings { NodeId = NodeId, Voters = [NodeId], MaxZxidCounter = 40 },
            new QuorumRecovery
            {
                Vote = vote,
                LogStart = _log.LogStartOffset,
                LogEnd = _log.WrittenEnd,
                SyncedEnd = _log.SyncedEnd,
                LastEpoch = Math.Max(_log.LastEpoch, 0),
                HighWatermark = Machine.AppliedEnd,
                LastAppendTimeMs = Math.Max(_log.MaxTimestampMs, 0),
                Producers = _log.Producers.Clone(),
            });
        Directory.Background = Background;
    }

    public static string LogFolder => $"{Folder}/log";

    public LogDirectory Directory { get; }

    public DeferredWork Background { get; } = new();

    public ClusterMachine Machine { get; }

    /// <summary>A guarantee found broken within a round.</summary>
    public SimulationException? Failure { get; private set; }

    /// <summary>The registration of this start has been applied: commands may be sent.</summary>
    public bool IsReady => Stopped is null && _registeredAt >= 0 && Machine.AppliedEnd > _registeredAt;

    /// <summary>The disk failed: this process serves nothing more, as the host's would.</summary>
    public string? Stopped { get; private set; }

    public long RecoveryPoint => _log.Entry.Checkpoint?.RecoveryPoint ?? 0;

    public bool Leads => _quorum.Role == QuorumRole.Leader;

    public void Tick(long jitterMs) => Step(QuorumInput.Tick(_clock.GetTimestamp(), _clock.WallMs, jitterMs));

    /// <summary>Registers this start; the leader's own command.</summary>
    public void Register(long incarnation)
    {
        if (Leads && _registeredAt < 0 && Stopped is null)
        {
            var registered = new NodeRegistered
            {
                NodeId = NodeId,
                StorageId = new Guid(1, 2, 3, new byte[8]),
                Incarnation = incarnation,
                ClusterId = "AAAAAAAAAAAAAAAAAAAAAA",
                SoftwareVersion = "0",
            };
            _registeredAt = Propose([registered.Encode()], sequence: -1);
        }
    }

    /// <summary>Sends commands as the node's batch; answers its first offset, or -1 if it was not appended.</summary>
    public long Propose(IEnumerable<byte[]> commands, int sequence)
    {
        foreach (var command in commands)
        {
            _builder.TryAdd(new Actors.Model.Records.Record { Value = command });
        }

        var batch = Lease(sequence < 0 ? _builder.Build() : _builder.Build(_registeredAt, 0, sequence));
        return Step(QuorumInput.Proposed(RecordBatch.ReadInfo(batch.Span), null, 0, _clock.WallMs), batch);
    }

    /// <summary>Applies what is committed.</summary>
    public void Apply()
    {
        var slices = new List<LeaseSlice>();
        while (Machine.AppliedEnd < _highWatermark && Stopped is null)
        {
            var reading = _log.ReadAsync(Machine.AppliedEnd, _highWatermark, 1 << 16, true, slices, CancellationToken.None);
            var bytes = reading.AsTask().GetAwaiter().GetResult();
            ClusterHistory.Must(bytes > 0, $"nothing is at {Machine.AppliedEnd}, though it is committed up to {_highWatermark}");
            foreach (var slice in slices)
            {
                ApplyBatches(slice.Span);
                slice.Release();
            }

            slices.Clear();
        }
    }

    public void TakeSnapshot()
    {
        var snapshot = Machine.BeginSnapshot();
        _snapshots.Write(snapshot, snapshot.TakeSlices());
    }

    /// <summary>This process takes part in nothing more.</summary>
    public void Stop(string reason) => Stopped ??= reason;

    void ILogDirectorySink.OnWritten(PartitionLog log, long writtenEnd, long syncedEnd)
    {
        if (_isDead() || log.Owner is null)
        {
            return;
        }

        try
        {
            Step(QuorumInput.Flushed(writtenEnd, syncedEnd));
        }
        catch (SimulationException failure)
        {
            Failure ??= failure;
            throw;
        }
    }

    void ILogDirectorySink.OnRoundEnd()
    {
    }

    void ILogDirectorySink.OnFailed(StorageFault fault)
    {
        Stop(fault.Reason);
        if (_quorum is not null)
        {
            Step(QuorumInput.Failed());
        }
    }

    private void ApplyBatches(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var size = RecordBatch.SizeBytes(bytes);
            if (size > bytes.Length || !RecordBatch.HasValidCrc(bytes[..size]))
            {
                throw new ClusterLogException($"The batch behind {Machine.AppliedEnd} is damaged.");
            }

            var info = RecordBatch.ReadInfo(bytes);
            var walk = new RecordEnumerator(info, bytes[RecordBatch.HeaderBytes..size]);
            while (walk.MoveNext())
            {
                if (walk.Current.Offset >= Machine.AppliedEnd)
                {
                    var place = new CommandPlace(walk.Current.Offset, info.MaxTimestampMs, info.ProducerId) { BatchOffset = info.BaseOffset };
                    _history.Apply(walk.Current.Value, place);
                    _events.Clear();
                    var outcome = Machine.Apply(walk.Current.Value, place, ref _events);
                    _history.Tree.Applied(walk.Current.Value, place, Machine);
                    if (_history.Tree.IsTree(place.Offset))
                    {
                        _watchers?.Applied(Machine.Tree.Outcome);
                    }

                    ClusterHistory.Must(
                        walk.Current.Offset != _registeredAt || outcome.Error == ErrorCode.None, $"the registration is refused: {outcome.Message}");
                }
            }

            bytes = bytes[size..];
        }
    }

    private long Step(in QuorumInput input, LeaseSlice batch = default)
    {
        var offset = -1L;
        _quorum.Step(input, ref _effects);
        var effects = _effects.Items.ToArray();
        _effects.Clear();
        foreach (var effect in effects)
        {
            switch (effect.Kind)
            {
                case QuorumEffectKind.Append:
                    batch.AddReference();
                    Submit(batch, effect);
                    offset = effect.Offset;
                    break;
                case QuorumEffectKind.AppendEpochStart:
                    _builder.TryAdd(new Actors.Model.Records.Record { Value = new Actors.Cluster.Commands.EpochStart(NodeId, effect.Epoch).Encode() });
                    Submit(Lease(_builder.Build()), effect);
                    break;
                case QuorumEffectKind.Persist:
                    Directory.Post(() => Persist(effect.Vote));
                    break;
                case QuorumEffectKind.Advanced:
                    ClusterHistory.Must(effect.Offset >= _highWatermark, $"the high watermark goes back to {effect.Offset}");
                    _highWatermark = effect.Offset;
                    break;
                case QuorumEffectKind.LeadershipChanged when effect.NodeId == NodeId:
                    _history.Lead(effect.Epoch);
                    break;
                case QuorumEffectKind.LeadershipChanged or QuorumEffectKind.Reply:
                    break;
                default:
                    ClusterHistory.Must(false, $"{input.Kind} caused {effect.Kind} {effect.Reason}");
                    break;
            }
        }

        batch.Release();
        return offset;
    }

    private void Persist(QuorumVote vote)
    {
        try
        {
            VoteFile.Write(_device, $"{Folder}/{VoteFile.FileName}", vote, null);
        }
        catch (StorageException e)
        {
            Stop($"the vote could not be written: {e.Message}");
            return;
        }

        Step(QuorumInput.Persisted(vote));
    }

    private void Submit(LeaseSlice batch, in QuorumEffect effect)
    {
        RecordBatch.Stamp(batch.Span, effect.Offset, effect.Epoch);
        RecordBatch.StampAppendTime(batch.Span, effect.AppendTimeMs);
        Directory.Submit(_log, batch, RecordBatch.ReadInfo(batch.Span));
    }

    private LeaseSlice Lease(byte[] bytes)
    {
        var slice = _leases.Rent(bytes.Length).Slice(0, bytes.Length);
        bytes.CopyTo(slice.Span);
        return slice;
    }
}
