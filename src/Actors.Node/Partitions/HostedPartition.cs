using Actors.Model;
using Actors.Model.Machines;
using Actors.Model.Ports;
using Actors.Model.Producers;
using Actors.Replication.Partitions;
using Actors.Storage;

namespace Actors.Node.Partitions;

/// <summary>
/// One open partition of this node: a <see cref="PartitionMachine"/> over its <see cref="PartitionLog"/>. The one lock here orders
/// everything that happens to the partition; under it the machine steps, batches are stamped and queued, outcomes are stored.
/// Never under it: I/O, sends, another partition's lock.
/// </summary>
internal sealed partial class HostedPartition : ILocalPartition
{
    private readonly Lock _lock = new();
    private readonly PartitionMachine _machine;
    private readonly PartitionLog _log;
    private readonly LogDirectory _directory;
    private readonly TimeProvider _time;
    private readonly Action<HostedPartition, string> _halted;
    private Effects<PartitionEffect> _effects;
    private PartitionLimits _limits;

    /// <summary>Opens leadership in <paramref name="leaderEpoch"/> over a recovered log.</summary>
    public HostedPartition(
        PartitionMachine machine, PartitionLog log, LogDirectory directory, PartitionLimits limits, int leaderEpoch, TimeProvider time,
        Action<HostedPartition, string> halted)
    {
        _machine = machine;
        _log = log;
        _directory = directory;
        _limits = limits;
        _time = time;
        _halted = halted;
        lock (_lock)
        {
            _machine.Step(PartitionInput.Lead(leaderEpoch), ref _effects);
            Complete(new WakeList()); // nobody can wait yet
        }

        _log.Epochs.Assign(leaderEpoch, _machine.Offsets.LogEnd);
        _log.Owner = this;
    }

    /// <inheritdoc/>
    public TopicPartitionId Id => _log.Id;

    /// <inheritdoc/>
    public string Topic => _log.Topic;

    /// <inheritdoc/>
    public int LeaderEpoch => _machine.LeaderEpoch;

    /// <inheritdoc/>
    public PartitionLimits Limits => Volatile.Read(ref _limits);

    /// <summary>Bytes of the log's segments.</summary>
    public long SizeBytes => _log.SizeBytes;

    /// <summary>The log, for the log thread.</summary>
    public PartitionLog Log => _log;

    /// <inheritdoc/>
    public int ProducerCount
    {
        get
        {
            lock (_lock)
            {
                return _machine.Producers.Count;
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ProducerState> ListProducers()
    {
        lock (_lock)
        {
            var producers = new List<ProducerState>(_machine.Producers.Count);
            foreach (ref readonly var producer in _machine.Producers)
            {
                producers.Add(producer);
            }

            return producers;
        }
    }

    /// <inheritdoc/>
    public PartitionOffsets Offsets
    {
        get
        {
            lock (_lock)
            {
                return _machine.Offsets;
            }
        }
    }

    /// <summary>Takes changed topic settings over; the log's own settings change on the log thread.</summary>
    public void ApplySettings(PartitionSettings settings, PartitionLimits limits, WakeList wake)
    {
        lock (_lock)
        {
            _machine.Step(PartitionInput.SettingsChanged(settings), ref _effects);
            Complete(wake);
        }

        Volatile.Write(ref _limits, limits);
    }

    /// <summary>Lets the machine see the clock: producers that have been silent too long are forgotten.</summary>
    public void Tick(long nowMs)
    {
        lock (_lock)
        {
            _machine.Step(PartitionInput.Tick(nowMs), ref _effects);
            _effects.Clear();
        }
    }
}
