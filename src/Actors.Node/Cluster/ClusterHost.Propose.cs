using Actors.Cluster;
using Actors.Cluster.Commands;
using Actors.Model;
using Actors.Model.Records;
using Actors.Replication.Quorum;

namespace Actors.Node.Cluster;

/// <summary>
/// Commands of this node: while batches are under way the next one fills, as in any group commit. The node is an idempotent producer
/// of the cluster log (producer id = offset of its registration), and knows its commands by their sequence when they are applied.
/// </summary>
public sealed partial class ClusterHost
{
    private readonly Queue<CommandBatch> _sealed = new();
    private readonly Queue<CommandBatch> _inFlight = new();
    private readonly Stack<CommandBatch> _spare = new();
    private CommandBatch _open = new();
    private int _queuedCommands;
    private long _producerId = -1;
    private int _nextSequence;
    private long _registrationOffset = -1;

    /// <summary>The outcome of a command once it is applied here. Never throws for an outcome.</summary>
    internal Task<CommandOutcome> ProposeAsync(ClusterCommand command)
    {
        var bytes = command.Encode();
        if (bytes.Length > ClusterCommand.MaxBytes)
        {
            return Task.FromResult(Refusal(
                ErrorCode.InvalidRequest, $"The command takes {bytes.Length} bytes, at most {ClusterCommand.MaxBytes} are allowed."));
        }

        lock (_gate)
        {
            if (_stopping || Fault is not null || _producerId < 0)
            {
                return Task.FromResult(Fault is { } fault
                    ? Refusal(ErrorCode.KafkaStorageError, fault)
                    : Refusal(ErrorCode.NotController, "The node is starting or stopping."));
            }

            if (_queuedCommands >= _options.MaxQueuedCommands)
            {
                return Task.FromResult(Refusal(ErrorCode.RequestTimedOut, "Too many changes wait; nothing was done, try again."));
            }

            var pending = new PendingCommand(new TaskCompletionSource<CommandOutcome>(TaskCreationOptions.RunContinuationsAsynchronously));
            Add(bytes, pending);
            SendQueued();
            return pending.Source!.Task;
        }
    }

    /// <summary>The outcome the command would have now. Any thread.</summary>
    internal CommandOutcome Check(ClusterCommand command)
    {
        _stateGate.EnterReadLock();
        try
        {
            return IsReady ? _machine.Check(command) : Refusal(ErrorCode.NotController, "The node is starting or stopping.");
        }
        finally
        {
            _stateGate.ExitReadLock();
        }
    }

    /// <summary>Whether the disk of the cluster log has no more room than its reserve.</summary>
    internal bool IsFull => _directory?.IsFull == true;

    /// <summary>Adds a command to the batch that fills; the next one begins when it does not fit. Under the gate.</summary>
    private void Add(ReadOnlySpan<byte> bytes, in PendingCommand pending)
    {
        if (!_open.TryAdd(bytes, pending))
        {
            if (_open.Count > 0)
            {
                NextBatch();
            }

            if (!_open.TryAdd(bytes, pending))
            {
                throw new InvalidOperationException($"A command of {bytes.Length} bytes fits into no batch.");
            }
        }

        _queuedCommands++;
    }

    private void NextBatch()
    {
        _sealed.Enqueue(_open);
        _open = _spare.TryPop(out var spare) ? spare : new CommandBatch();
        _treeWriter.BeginBatch();
    }

    /// <summary>Sends what waits, as far as batches may be under way. Under the gate.</summary>
    private void SendQueued()
    {
        while (_inFlight.Count < ClusterHostOptions.MaxBatchesInFlight && _producerId >= 0)
        {
            if (_sealed.Count == 0)
            {
                if (_open.Count == 0)
                {
                    return;
                }

                NextBatch();
            }

            var batch = _sealed.Dequeue();
            _queuedCommands -= batch.Count;
            batch.BaseSequence = _nextSequence;
            var slice = Lease(batch.Builder.Build(_producerId, producerEpoch: 0, _nextSequence));
            var info = RecordBatch.ReadInfo(slice.Span);
            var result = Propose(QuorumInput.Proposed(info, null, 0, _time.GetUtcNow().ToUnixTimeMilliseconds()), slice, info);
            if (result.Error != ErrorCode.None)
            {
                batch.Fail(Refusal(result.Error, "The cluster log does not take the command."));
                Recycle(batch);
                continue;
            }

            _nextSequence = RecordBatchInfo.SequenceAfter(_nextSequence, batch.Count);
            _inFlight.Enqueue(batch);
        }
    }

    /// <summary>Keeps a batch that is done with for another one. Under the gate.</summary>
    private void Recycle(CommandBatch batch)
    {
        batch.Clear();
        if (_spare.Count < ClusterHostOptions.MaxBatchesInFlight)
        {
            _spare.Push(batch);
        }
    }

    /// <summary>Appends this start's registration, the leader's own command: it carries no producer. Apply thread.</summary>
    private void ProposeRegistration()
    {
        var command = new NodeRegistered
        {
            NodeId = _identity.NodeId,
            StorageId = _identity.StorageId,
            Incarnation = _identity.Incarnation,
            ClusterId = _identity.ClusterId,
            SoftwareVersion = _options.SoftwareVersion,
            MaxFeatureLevel = ClusterMachine.MaxFeatureLevel,
            Rack = _options.Rack,
            Endpoints = _options.Endpoints,
        };
        lock (_gate)
        {
            _batchBuilder.Clear();
            _batchBuilder.TryAdd(new Record { Value = command.Encode() });
            var slice = Lease(_batchBuilder.Build());
            var info = RecordBatch.ReadInfo(slice.Span);
            var result = Propose(QuorumInput.Proposed(info, null, 0, _time.GetUtcNow().ToUnixTimeMilliseconds()), slice, info);
            if (result.Error == ErrorCode.None)
            {
                _registrationOffset = result.BaseOffset;
            }
        }
    }

    private void FailCommands(ErrorCode error)
    {
        lock (_gate)
        {
            var outcome = Refusal(error, Fault ?? "The node is stopping; whether the change was made is not known.");
            while (_inFlight.TryDequeue(out var batch) || _sealed.TryDequeue(out batch))
            {
                batch.Fail(outcome);
            }

            _open.Fail(outcome);
            _open.Clear();
            _queuedCommands = 0;
        }
    }

    private static CommandOutcome Refusal(ErrorCode error, string message) => new(error, message, null, -1);
}
