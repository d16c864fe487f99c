using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Simulation.Fakes;
using Simulation.Histories;
using Simulation.Runs;

namespace Simulation.Nodes;

/// <summary>
/// One process of the node: the interpreter over fakes. The log directory is the real one, and whoever calls is its log thread; its
/// background work waits until the seed lets it run.
/// </summary>
internal sealed class SimulatedNode : ILogDirectorySink
{
    private readonly Dictionary<TopicPartitionId, SimulatedPartition> _open = [];
    private readonly List<TopicPartitionId> _order = [];
    private readonly Action<long, AppendOutcome> _answer;
    private readonly Func<bool> _isDead;
    private readonly Func<LogIdentity, PartitionHistory?> _catalog;

    /// <summary>
    /// Starts a process. <paramref name="answer"/> is a client's connection: it hears nothing once <paramref name="isDead"/>;
    /// <paramref name="catalog"/> knows the partitions that exist.
    /// </summary>
    public SimulatedNode(
        SimulatedStorageDevice device, LogDirectoryOptions options, LeasePool leases, SimulatedClock clock, bool defersWork,
        Action<long, AppendOutcome> answer, Func<bool> isDead, Func<LogIdentity, PartitionHistory?> catalog)
    {
        _catalog = catalog;
        _answer = answer;
        _isDead = isDead;
        Directory = LogDirectory.Open(device, options, leases, clock, this, NullLogger.Instance);
        if (defersWork)
        {
            Directory.Background = Background;
            Directory.Cleaner = Cleaner;
        }
    }

    public LogDirectory Directory { get; }

    public DeferredWork Background { get; } = new();

    public DeferredWork Cleaner { get; } = new();

    /// <summary>Open partitions, in the order in which they were opened.</summary>
    public IEnumerable<SimulatedPartition> Open => _order.Select(id => _open[id]);

    public SimulatedPartition? Find(TopicPartitionId id) => _open.GetValueOrDefault(id);

    public void Add(SimulatedPartition partition)
    {
        _open.Add(partition.History.Identity.Id, partition);
        _order.Add(partition.History.Identity.Id);
    }

    public void Remove(TopicPartitionId id)
    {
        _open.Remove(id);
        _order.Remove(id);
    }

    /// <summary>A guarantee found broken where the storage would take the exception for a fault of its own.</summary>
    public SimulationException? Failure { get; private set; }

    /// <summary>Answers a client, if there is still somebody to answer.</summary>
    public void Answer(long token, AppendOutcome outcome) => Unless(dead: () => _answer(token, outcome));

    void ILogDirectorySink.OnWritten(PartitionLog log, long writtenEnd, long syncedEnd) =>
        Unless(dead: () => (log.Owner as SimulatedPartition)?.OnWritten(writtenEnd, syncedEnd));

    long ILogDirectorySink.GetCommittedEnd(PartitionLog log) => (log.Owner as SimulatedPartition)?.Offsets.HighWatermark ?? log.LogStartOffset;

    void ILogDirectorySink.OnLogStartMoved(PartitionLog log, long logStart) =>
        Unless(dead: () => (log.Owner as SimulatedPartition)?.OnLogStartMoved(logStart));

    LogConfig? ILogDirectorySink.FindConfig(in LogIdentity identity)
    {
        if (_isDead() || _catalog(identity) is not { } history)
        {
            return null;
        }

        history.IsRetainedCold = true;
        return history.Config;
    }

    void ILogDirectorySink.OnRoundEnd()
    {
    }

    void ILogDirectorySink.OnFailed(StorageFault fault) => Unless(dead: () =>
    {
        foreach (var partition in Open)
        {
            partition.OnFailed();
        }
    });

    private void Unless(Action dead)
    {
        if (_isDead())
        {
            return;
        }

        try
        {
            dead();
        }
        catch (SimulationException failure)
        {
            Failure ??= failure;
            throw;
        }
    }
}
