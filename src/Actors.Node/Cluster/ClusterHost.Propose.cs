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
    private readonly Queue<PendingCommand> _queued = new();
    private readonly Queue<CommandBatch> _inFlight = new();
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

        var pending = new PendingCommand(bytes);
        lock (_gate)
        {
            if (_stopping || Fault is not null || _producerId < 0)
            {
                return Task.FromResult(Fault is { } fault
                    ? Refusal(ErrorCode.KafkaStorageError, fault)
                    : Refusal(ErrorCode.NotController, "The node is starting or stopping."));
            }

            if (_queued.Count >= _options.MaxQueuedCommands)
            {
                return Task.FromResult(Refusal(ErrorCode.RequestTimedOut, "Too many changes wait; nothing was done, try again."));
            }

            _queued.Enqueue(pending);
            SendQueued();
        }

        return pending.Source.Task;
    }

    /// <summary>The outcome the command would have now. Any thread.</summary>
    internal CommandOutcome Check(ClusterCommand command)
    {
        lock (_stateGate)
        {
            return IsReady ? _machine.Check(command) : Refusal(ErrorCode.NotController, "The node is starting or stopping.");
        }
    }

    /// <summary>Whether the disk of the cluster log has no more room than its reserve.</summary>
    internal bool IsFull => _directory?.IsFull == true;

    /// <summary>Sends what waits, as far as batches may be under way. Under the gate.</summary>
    private void SendQueued()
    {
        while (_queued.Count > 0 && _inFlight.Count < ClusterHostOptions.MaxBatchesInFlight && _producerId >= 0)
        {
            var batch = new CommandBatch(_nextSequence);
            _batchBuilder.Clear();
            while (batch.Commands.Count < ClusterHostOptions.MaxBatchCommands && _queued.TryPeek(out var next)
                && _batchBuilder.TryAdd(new Record { Value = next.Bytes }))
            {
                batch.Commands.Add(_queued.Dequeue());
            }

            var slice = Lease(_batchBuilder.Build(_producerId, producerEpoch: 0, _nextSequence));
            var info = RecordBatch.ReadInfo(slice.Span);
            var result = Propose(QuorumInput.Proposed(info, null, 0, _time.GetUtcNow().ToUnixTimeMilliseconds()), slice, info);
            if (result.Error != ErrorCode.None)
            {
                batch.Complete(Refusal(result.Error, "The cluster log does not take the command."));
                continue;
            }

            _nextSequence = RecordBatchInfo.SequenceAfter(_nextSequence, batch.Commands.Count);
            _inFlight.Enqueue(batch);
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
            while (_inFlight.TryDequeue(out var batch))
            {
                batch.Complete(outcome);
            }

            while (_queued.TryDequeue(out var pending))
            {
                pending.Source.TrySetResult(outcome);
            }
        }
    }

    private static CommandOutcome Refusal(ErrorCode error, string message) => new(error, message, null, -1);

    /// <summary>A command whose outcome somebody waits for.</summary>
    private sealed class PendingCommand(byte[] bytes)
    {
        public byte[] Bytes { get; } = bytes;

        public TaskCompletionSource<CommandOutcome> Source { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Commands that travel together.</summary>
    private sealed class CommandBatch(int baseSequence)
    {
        public int BaseSequence { get; } = baseSequence;

        public List<PendingCommand> Commands { get; } = [];

        public void Complete(CommandOutcome outcome)
        {
            foreach (var command in Commands)
            {
                command.Source.TrySetResult(outcome);
            }
        }
    }
}
