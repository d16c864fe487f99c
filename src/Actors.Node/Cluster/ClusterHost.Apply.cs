using Actors.Cluster;
using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Machines;
using Actors.Model.Records;

namespace Actors.Node.Cluster;

/// <summary>
/// What is committed becomes state, in order; observers first, then whoever proposed it. On the apply thread, but for a few commands of the
/// tree alone in a round: those are applied by the log thread that has just synced them.
/// </summary>
public sealed partial class ClusterHost
{
    private const int ReadBytes = 1 << 20;

    private readonly Lock _applying = new();

    private readonly ReaderWriterLockSlim _stateGate = new(LockRecursionPolicy.NoRecursion);
    private readonly List<LeaseSlice> _slices = [];
    private ClusterMachine _machine = null!;
    private Effects<ClusterEvent> _events;
    private long _appliedEnd;
    private long _bytesSinceSnapshot;
    private bool _published;

    private void RunApplyThread()
    {
        try
        {
            Open();
            while (!_stopping)
            {
                _signal.Wait();
                lock (_applying)
                {
                    _applyFault?.Throw();
                    ApplyCommitted();
                    ContinueSnapshot();
                    if (_registrationOffset < 0 && Volatile.Read(ref _leads))
                    {
                        ProposeRegistration();
                    }
                }
            }
        }
        catch (Exception e)
        {
            // Our own fault, or the disk's: this part of the process stops for good, loudly; the rest may still serve what it has.
            Fail(e.Message, ErrorCode.KafkaStorageError, e);
        }
        finally
        {
            Close();
            _ready.TrySetException(new NodeRefusedException(Fault ?? "The node stopped before it was ready."));
            _ended.TrySetResult();
        }
    }

    private void ApplyCommitted()
    {
        while (_appliedEnd < Volatile.Read(ref _highWatermark) && Fault is null)
        {
            ApplyRead();
            WakeOwners(areFew: false);
            lock (_gate)
            {
                SendQueued();
            }

            SnapshotIfDue();
        }
    }

    /// <summary>Applies what one read of the log gives. By who holds <see cref="_applying"/>.</summary>
    private void ApplyRead()
    {
        var read = _log!.ReadAsync(
            _appliedEnd, Volatile.Read(ref _highWatermark), ReadBytes, firstBatchWhole: true, _slices, CancellationToken.None);
        var bytes = read.IsCompleted ? read.Result : read.AsTask().GetAwaiter().GetResult();
        if (bytes == 0)
        {
            throw new ClusterLogException($"The cluster log has nothing at {_appliedEnd}, though it is committed up to {_highWatermark}.");
        }

        try
        {
            foreach (var slice in _slices)
            {
                ApplyBatches(slice.Span);
            }
        }
        finally
        {
            foreach (var slice in _slices)
            {
                slice.Release();
            }

            _slices.Clear();
        }
    }

    private void ApplyBatches(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= RecordBatch.HeaderBytes)
        {
            var size = RecordBatch.SizeBytes(bytes);
            if (size > bytes.Length || !RecordBatch.HasValidCrc(bytes[..size]))
            {
                throw new ClusterLogException($"The batch behind offset {_appliedEnd} of the cluster log is damaged.");
            }

            var info = RecordBatch.ReadInfo(bytes);
            if (info.NextOffset > _appliedEnd)
            {
                ApplyBatch(info, bytes[RecordBatch.HeaderBytes..size]);
            }

            bytes = bytes[size..];
        }
    }

    private void ApplyBatch(in RecordBatchInfo info, ReadOnlySpan<byte> records)
    {
        _bytesSinceSnapshot += info.SizeBytes;
        var own = TakeOwn(info);
        var index = 0;
        var walk = new RecordEnumerator(info, records);
        while (walk.MoveNext())
        {
            var record = walk.Current;
            if (record.Offset >= _appliedEnd)
            {
                Apply(record, info, own?[index] ?? default);
            }

            index++;
        }

        if (walk.Error != ErrorCode.None || _appliedEnd != info.NextOffset)
        {
            throw new ClusterLogException($"The records behind offset {_appliedEnd} of the cluster log contradict their batch.");
        }

        if (own is not null)
        {
            lock (_gate)
            {
                Recycle(own);
            }
        }
    }

    private void Apply(RecordView record, in RecordBatchInfo info, in PendingCommand pending)
    {
        CommandOutcome outcome;
        _stateGate.EnterWriteLock();
        try
        {
            _events.Clear();
            var place = new CommandPlace(record.Offset, info.MaxTimestampMs, info.ProducerId) { BatchOffset = info.BaseOffset };
            outcome = _machine.Apply(record.Value, place, ref _events);
            _appliedEnd = record.Offset + 1;
            if (ClusterMachine.IsTreeCommand(record.Value))
            {
                OnTreeApplied(outcome, pending);
                return;
            }
        }
        finally
        {
            _stateGate.ExitWriteLock();
        }

        if (_published)
        {
            foreach (ref readonly var change in _events.Items)
            {
                Publish(change);
            }
        }

        if (record.Offset == _registrationOffset)
        {
            OnRegistered(outcome);
        }

        pending.Source?.TrySetResult(outcome);
    }

    /// <summary>The batch of this node that is applied now, taken off what is under way; null if it is not one.</summary>
    private CommandBatch? TakeOwn(in RecordBatchInfo info)
    {
        lock (_gate)
        {
            if (info.ProducerId < 0 || info.ProducerId != _producerId || !_inFlight.TryPeek(out var batch))
            {
                return null;
            }

            if (batch.BaseSequence != info.BaseSequence
                || batch.Count != info.RecordCount)
            {
                throw new ClusterLogException(
                    $"The node's batch at offset {info.BaseOffset} has sequence {info.BaseSequence}, but {batch.BaseSequence} is under way.");
            }

            return _inFlight.Dequeue();
        }
    }

    /// <summary>
    /// This start is registered: it owns the epochs that its registration raised, so now, and not earlier, others on the node see topics
    /// and partitions.
    /// </summary>
    private void OnRegistered(in CommandOutcome outcome)
    {
        if (outcome.Error != ErrorCode.None)
        {
            throw new NodeRefusedException($"The cluster refuses this node: {outcome.Message}");
        }

        foreach (var node in _machine.Catalog.Nodes)
        {
            _view.Change(node.Describe());
        }

        _view.ChangeController(_machine.LeaderId);
        foreach (var topic in _machine.Catalog.Topics)
        {
            Publish(null, topic.Description);
        }

        _published = true;
        lock (_gate)
        {
            _producerId = _registrationOffset;
        }

        BeginSessions();
        LogReady(_logger, _identity.NodeId, _identity.Incarnation, _machine.Catalog.TopicCount, _machine.AppliedEnd);
        _ready.TrySetResult();
    }

    private void Publish(in ClusterEvent change)
    {
        switch (change.Kind)
        {
            case ClusterEventKind.Topic:
                Publish(change.Before?.Description, change.After?.Description);
                break;
            case ClusterEventKind.Node:
                _view.Change(change.Node!.Describe());
                break;
            case ClusterEventKind.Leader:
                _view.ChangeController(change.LeaderId);
                break;
            default:
                break;
        }
    }

    private void Publish(Model.Ports.TopicDescription? before, Model.Ports.TopicDescription? after)
    {
        _view.Change(before, after);
        foreach (var observer in _observers)
        {
            observer.OnTopicChanged(before, after);
        }
    }
}
