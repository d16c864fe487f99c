namespace Actors.Net;

/// <summary>
/// A timer with a thread of its own. The system's timers hand each firing to a worker of the pool, which then spins for a while in case
/// there is more; of a wheel that turns fifty times per second this spinning was two thirds of the CPU. A one-shot: set again by
/// <see cref="Change"/>, from any thread and from the callback.
/// </summary>
internal sealed class WakeThread : ITimer
{
    private readonly object _lock = new();
    private readonly TimeProvider _time;
    private readonly Action _callback;
    private long _dueAt = long.MaxValue;
    private bool _isStopped;

    public WakeThread(string name, TimeProvider time, Action callback)
    {
        _time = time;
        _callback = callback;
        new Thread(Run) { Name = name, IsBackground = true }.Start();
    }

    /// <inheritdoc/>
    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(period, Timeout.InfiniteTimeSpan);
        var dueAt = dueTime == Timeout.InfiniteTimeSpan
            ? long.MaxValue : _time.GetTimestamp() + (long)(dueTime.TotalSeconds * _time.TimestampFrequency);
        lock (_lock)
        {
            if (dueAt < _dueAt)
            {
                Monitor.Pulse(_lock);
            }

            _dueAt = dueAt;
            return !_isStopped;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isStopped = true;
            Monitor.Pulse(_lock);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Run()
    {
        while (WaitUntilDue())
        {
            _callback();
        }
    }

    private bool WaitUntilDue()
    {
        lock (_lock)
        {
            while (!_isStopped)
            {
                var leftMs = _dueAt == long.MaxValue ? Timeout.Infinite
                    : (int)Math.Min(int.MaxValue, Math.Ceiling((_dueAt - _time.GetTimestamp()) * 1000.0 / _time.TimestampFrequency));
                if (_dueAt != long.MaxValue && leftMs <= 0)
                {
                    _dueAt = long.MaxValue;
                    return true;
                }

                Monitor.Wait(_lock, leftMs);
            }

            return false;
        }
    }
}
