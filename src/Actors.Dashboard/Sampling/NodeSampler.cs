using Actors.Dashboard.Api;
using Actors.Dashboard.Health;
using Actors.Model.Ports;

namespace Actors.Dashboard.Sampling;

/// <summary>
/// Takes one sample a second. Totals are kept for ten minutes whether or not anybody looks; topics and connections are only looked at
/// while somebody watches, so an idle node with a hundred thousand partitions pays nothing for them.
/// </summary>
public sealed class NodeSampler : IAsyncDisposable
{
    /// <summary>Time between samples: 1 s.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromSeconds(1);

    private readonly NodeStatus _status;
    private readonly NodeHealth _health;
    private readonly TimeProvider _time;
    private readonly SampleHistory _history = new();
    private readonly TopicRates _topicRates = new();
    private readonly ConnectionRates _connectionRates = new();
    private readonly TimeSpan _cpuAtStart = Environment.CpuUsage.TotalTime;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource<TickEvent> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _loop = Task.CompletedTask;
    private NodeSample _last;
    private TickEvent? _lastTick;
    private int _watchers;

    /// <summary>A sampler that has not begun.</summary>
    public NodeSampler(NodeStatus status, NodeHealth health, TimeProvider time)
    {
        _status = status;
        _health = health;
        _time = time;
        _last = Take();
    }

    /// <summary>Completes with the next sample; everybody who waits gets the same one, a slow reader just skips some.</summary>
    public Task<TickEvent> NextAsync() => Volatile.Read(ref _next).Task;

    /// <summary>The last sample, for a reader that has just come.</summary>
    public TickEvent? Last => Volatile.Read(ref _lastTick);

    /// <summary>Begins to sample.</summary>
    public void Start()
    {
        var timer = new PeriodicTimer(Interval, _time); // here, so that the clock counts from now on
        _loop = Task.Run(() => LoopAsync(timer));
    }

    /// <summary>Somebody looks at topics and connections until the result is disposed of.</summary>
    public IDisposable Watch()
    {
        Interlocked.Increment(ref _watchers);
        return new Watching(this);
    }

    /// <summary>The overview as of the last sample.</summary>
    public OverviewAnswer Overview()
    {
        lock (_lock)
        {
            return OverviewOf(_last, _history.LastRates);
        }
    }

    /// <summary>The last ten minutes.</summary>
    public HistoryAnswer History()
    {
        lock (_lock)
        {
            return _history.Answer();
        }
    }

    /// <summary>One topic with the rates of the last sample.</summary>
    internal TopicInfo Describe(NodePorts ports, TopicDescription topic)
    {
        lock (_lock)
        {
            return _topicRates.Describe(ports, topic);
        }
    }

    /// <summary>The connections, busiest first.</summary>
    internal IReadOnlyList<ConnectionInfo> Connections(NodePorts ports, int limit)
    {
        lock (_lock)
        {
            return _connectionRates.Read(ports, limit);
        }
    }

    /// <summary>Takes one sample now. The loop calls it; so do tests.</summary>
    internal TickEvent Sample()
    {
        TickEvent tick;
        lock (_lock)
        {
            var sample = Take();
            var rates = _history.Add(_last, sample);
            _last = sample;
            IReadOnlyList<TopicInfo> topics = [];
            IReadOnlyList<ConnectionInfo> connections = [];
            if (_status.Ports is { } ports && Volatile.Read(ref _watchers) > 0)
            {
                topics = _topicRates.Sample(ports, sample.Clock);
                _connectionRates.Sample(ports, sample.Clock);
                connections = _connectionRates.Read(ports, ConnectionRates.MaxPerTick);
            }

            tick = new TickEvent(sample.AtMs, _status.Ports?.Catalog.Version ?? 0, OverviewOf(sample, rates), topics, connections);
        }

        Volatile.Write(ref _lastTick, tick);
        Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult(tick);
        return tick;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        Volatile.Read(ref _next).TrySetCanceled();
        _stopping.Dispose();
    }

    private async Task LoopAsync(PeriodicTimer timer)
    {
        using var owned = timer;
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                Sample();
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private NodeSample Take()
    {
        var sample = new NodeSample
        {
            AtMs = _time.GetUtcNow().ToUnixTimeMilliseconds(),
            Clock = _time.GetElapsedTime(0),
            CpuTime = Environment.CpuUsage.TotalTime - _cpuAtStart,
            ResidentBytes = Environment.WorkingSet,
            HeapBytes = GC.GetTotalMemory(forceFullCollection: false),
            CommittedBytes = GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes,
        };
        if (_status.Ports is not { } ports)
        {
            return sample;
        }

        foreach (var listener in ports.Listeners)
        {
            sample = sample with { Listeners = sample.Listeners.Plus(listener.Totals) };
        }

        sample = sample with
        {
            Partitions = ports.Traffic.Totals,
            ZooKeeper = ports.ZooKeeper?.Totals ?? default,
            TreeTimes = ports.ZooKeeper?.Times ?? default,
        };
        return ports.Tree.IsServing ? sample with { Tree = ports.Tree.Statistics, Zxid = ports.Tree.LastZxid } : sample;
    }

    private OverviewAnswer OverviewOf(in NodeSample sample, RatesInfo rates)
    {
        var ports = _status.Ports;
        var started = _status.StartedAt.ToUnixTimeMilliseconds();
        return new OverviewAnswer(
            new NodeInfo(
                ports?.Catalog.NodeId ?? -1,
                ports?.Catalog.ClusterId ?? "",
                ports?.Catalog.ControllerId ?? -1,
                _status.Version,
                started,
                Math.Max(0, sample.AtMs - started),
                _status.DataDirectory),
            HealthEndpoints.Answer(_status, _health),
            _status.Addresses,
            new TotalsInfo(
                ports?.Catalog.TopicCount ?? 0,
                ports is null ? 0 : _topicRates.CountPartitions(ports.Catalog),
                ports?.Traffic.OpenPartitions ?? 0,
                sample.Listeners.OpenConnections,
                sample.Listeners.AcceptedConnections,
                sample.Listeners.RefusedConnections,
                sample.Listeners.BytesReceived,
                sample.Listeners.BytesSent,
                sample.Listeners.Requests,
                sample.Listeners.ClosedByFault,
                sample.Partitions.RecordsIn,
                sample.Partitions.BytesIn,
                sample.Partitions.BytesOut),
            rates,
            new ProcessInfo(sample.ResidentBytes, sample.HeapBytes, _history.LastCpuPercent, ThreadPool.ThreadCount, sample.CommittedBytes),
            ports is null ? [] : [.. ports.Partitions.LogDirectories.Select(
                d => new LogDirectoryInfo(d.Path, d.TotalBytes, d.UsableBytes, d.Failure))],
            TreeRates.Summarize(sample, _history.LastTree));
    }

    private sealed class Watching(NodeSampler sampler) : IDisposable
    {
        private int _over;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _over, 1) == 0)
            {
                Interlocked.Decrement(ref sampler._watchers);
            }
        }
    }
}
