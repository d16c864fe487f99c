using System.Collections.Concurrent;
using System.Net;

namespace Actors.Net;

/// <summary>
/// The open connections of one listener: counts, limits, descriptions, and the one coarse ticker that looks at all their deadlines.
/// </summary>
public sealed class ConnectionSet : IDisposable
{
    private readonly ConcurrentDictionary<long, Connection> _open = new();
    private readonly ConcurrentDictionary<IPAddress, int> _perAddress = new();
    private readonly NetLimits _limits;
    private readonly TimeProvider _time;
    private readonly ITimer _ticker;
    private readonly long _startedAt;
    private long _nowMs;
    private long _nextId;
    private long _closedBytesIn;
    private long _closedBytesOut;
    private long _closedRequests;
    private long _accepted;
    private long _refused;
    private long _faults;
    private volatile bool _draining;
    private volatile TaskCompletionSource? _empty;

    /// <summary>An empty set whose ticker runs.</summary>
    public ConnectionSet(NetLimits limits, TimeProvider time)
    {
        _limits = limits;
        _time = time;
        _startedAt = time.GetTimestamp();
        var period = TimeSpan.FromMilliseconds(limits.TickMs);
        _ticker = time.CreateTimer(static s => ((ConnectionSet)s!).Tick(), this, period, period);
    }

    /// <summary>Milliseconds since the set was made, late by up to one tick.</summary>
    public long CoarseNowMs => Volatile.Read(ref _nowMs);

    /// <summary>Open connections.</summary>
    public int OpenCount => _open.Count;

    /// <summary>Connections accepted since the start.</summary>
    public long AcceptedCount => Volatile.Read(ref _accepted);

    /// <summary>Connections refused by a limit since the start.</summary>
    public long RefusedCount => Volatile.Read(ref _refused);

    /// <summary>Connections ended since the start because the peer broke the protocol or let a deadline pass.</summary>
    public long FaultCount => Volatile.Read(ref _faults);

    /// <summary>Bytes received since the start.</summary>
    public long BytesIn => Volatile.Read(ref _closedBytesIn) + _open.Values.Sum(c => c.BytesIn);

    /// <summary>Bytes sent since the start.</summary>
    public long BytesOut => Volatile.Read(ref _closedBytesOut) + _open.Values.Sum(c => c.BytesOut);

    /// <summary>Requests since the start.</summary>
    public long RequestCount => Volatile.Read(ref _closedRequests) + _open.Values.Sum(c => c.RequestCount);

    /// <summary>One description for each open connection, in order of their ids.</summary>
    public IReadOnlyList<ConnectionDescription> Describe() =>
        [.. _open.Values.Select(c => c.Describe()).OrderBy(d => d.Id)];

    /// <summary>The connections that are open now, in order of their ids.</summary>
    public IEnumerable<Connection> Open => _open.Values.OrderBy(c => c.Id);

    /// <summary>The description of one open connection, or null.</summary>
    public ConnectionDescription? Find(long id) => _open.TryGetValue(id, out var connection) ? connection.Describe() : null;

    internal TimeProvider Time => _time;

    internal void CountFault() => Interlocked.Increment(ref _faults);

    internal long NextId() => Interlocked.Increment(ref _nextId);

    /// <summary>Takes a place for a connection from this address; null, or the limit that forbids it.</summary>
    internal string? TryEnter(IPAddress? address)
    {
        if (_draining)
        {
            return "the listener is stopping";
        }

        if (_limits.MaxConnections > 0 && _open.Count >= _limits.MaxConnections)
        {
            Interlocked.Increment(ref _refused);
            return $"MaxConnections={_limits.MaxConnections} are open";
        }

        if (address is not null && _limits.MaxConnectionsPerAddress > 0
            && _perAddress.AddOrUpdate(address, 1, static (_, n) => n + 1) > _limits.MaxConnectionsPerAddress)
        {
            LeaveAddress(address);
            Interlocked.Increment(ref _refused);
            return $"MaxConnectionsPerAddress={_limits.MaxConnectionsPerAddress} are open";
        }

        return null;
    }

    internal void Add(Connection connection)
    {
        Interlocked.Increment(ref _accepted);
        _open[connection.Id] = connection;
        if (_draining)
        {
            connection.BeginDrain();
        }
    }

    internal void Remove(Connection connection)
    {
        if (!_open.TryRemove(connection.Id, out _))
        {
            return;
        }

        Interlocked.Add(ref _closedBytesIn, connection.BytesIn);
        Interlocked.Add(ref _closedBytesOut, connection.BytesOut);
        Interlocked.Add(ref _closedRequests, connection.RequestCount);
        if (_limits.MaxConnectionsPerAddress > 0 && connection.Remote?.Address is { } address)
        {
            LeaveAddress(address);
        }

        if (_draining && _open.IsEmpty)
        {
            _empty?.TrySetResult();
        }
    }

    /// <summary>
    /// Lets every connection answer what is pending, up to <see cref="NetLimits.DrainMs"/>, then closes what is left.
    /// </summary>
    public async Task DrainAsync()
    {
        var empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _empty = empty;
        _draining = true;
        foreach (var connection in _open.Values)
        {
            connection.BeginDrain();
        }

        if (!_open.IsEmpty)
        {
            try
            {
                await empty.Task.WaitAsync(TimeSpan.FromMilliseconds(_limits.DrainMs), _time).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                foreach (var connection in _open.Values)
                {
                    connection.RequestClose("the listener stopped before everything was answered");
                }
            }
        }
    }

    /// <summary>Stops the ticker.</summary>
    public void Dispose() => _ticker.Dispose();

    private void Tick()
    {
        var nowMs = (long)_time.GetElapsedTime(_startedAt).TotalMilliseconds;
        Volatile.Write(ref _nowMs, nowMs);
        foreach (var (_, connection) in _open)
        {
            connection.OnTick(nowMs);
        }
    }

    private void LeaveAddress(IPAddress address)
    {
        if (_perAddress.AddOrUpdate(address, 0, static (_, n) => n - 1) <= 0)
        {
            _perAddress.TryRemove(new KeyValuePair<IPAddress, int>(address, 0));
        }
    }
}
