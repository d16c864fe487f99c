namespace Actors.Net;

/// <summary>Something that waits on a <see cref="TimerWheel"/>.</summary>
public interface ITimed
{
    /// <summary>The time has come. Called on a timer's thread; returns at once.</summary>
    void OnDue();
}

/// <summary>The place of one waiter on the wheel; its owner keeps it and uses it again.</summary>
public sealed class TimerWheelEntry(ITimed owner)
{
    internal ITimed Owner { get; } = owner;
    internal TimerWheelEntry? Next { get; set; }
    internal TimerWheelEntry? Previous { get; set; }
    internal long DueTick { get; set; }
    internal int Slot { get; set; } = -1;
}

/// <summary>
/// One clock for all short waits (fetches): a hashed wheel of <see cref="Slots"/> slots of <see cref="TickMs"/> each, turned by a single
/// thread that wakes only for slots in which somebody waits. Entering and leaving cost a lock and a few writes. Waits end late by up to one
/// tick, long ones by up to <see cref="MaxGranule"/>: a thousand consumers that poll every half second then cost fifty wake-ups per
/// second, not two hundred.
/// </summary>
public sealed class TimerWheel : IDisposable
{
    /// <summary>Length of a tick in ms.</summary>
    public const int TickMs = 5;
    private const int Slots = 1024;

    /// <summary>Ticks that the end of a long wait is rounded up to, so that many end together.</summary>
    private const int MaxGranule = 4;

    /// <summary>A wait is rounded by at most this share of it.</summary>
    private const int GranuleShare = 16;

    private readonly Lock _lock = new();
    private readonly TimerWheelEntry?[] _slots = new TimerWheelEntry?[Slots];
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly long _startedAt;
    private long _doneTick;
    private int _count;
    private long _wakeTick = long.MaxValue;

    /// <summary>An empty wheel; its timer does not run.</summary>
    public TimerWheel(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _startedAt = time.GetTimestamp();
        _timer = ReferenceEquals(time, TimeProvider.System)
            ? new WakeThread("timer-wheel", time, Turn)
            : time.CreateTimer(static s => ((TimerWheel)s!).Turn(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Waiters at the moment.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>Calls the entry's owner after <paramref name="delayMs"/>, once, unless it is removed before.</summary>
    public void Add(TimerWheelEntry entry, long delayMs)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_lock)
        {
            Unlink(entry);
            var nowTick = NowTick();
            if (_count == 0)
            {
                _doneTick = nowTick;
            }

            var delayTicks = (Math.Max(0, delayMs) + TickMs - 1) / TickMs;
            var granule = Math.Clamp(delayTicks / GranuleShare, 1, MaxGranule);
            entry.DueTick = Math.Max((nowTick + delayTicks + granule - 1) / granule * granule, _doneTick + 1);
            entry.Slot = (int)(entry.DueTick % Slots);
            entry.Previous = null;
            entry.Next = _slots[entry.Slot];
            if (entry.Next is { } next)
            {
                next.Previous = entry;
            }

            _slots[entry.Slot] = entry;
            _count++;
            if (entry.DueTick < _wakeTick)
            {
                WakeAt(entry.DueTick);
            }
        }
    }

    /// <summary>Takes an entry off; no effect if it is not on the wheel.</summary>
    public void Remove(TimerWheelEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_lock)
        {
            Unlink(entry);
        }
    }

    /// <summary>Stops the timer; who waits, waits for ever.</summary>
    public void Dispose() => _timer.Dispose();

    private void Turn()
    {
        TimerWheelEntry? due = null;
        lock (_lock)
        {
            var nowTick = NowTick();
            var steps = Math.Min(nowTick - _doneTick, Slots); // after a long pause one round sees every slot
            for (var i = 1; i <= steps; i++)
            {
                var entry = _slots[(_doneTick + i) % Slots];
                while (entry is not null)
                {
                    var next = entry.Next;
                    if (entry.DueTick <= nowTick)
                    {
                        Unlink(entry);
                        entry.Next = due;
                        due = entry;
                    }

                    entry = next;
                }
            }

            _doneTick = nowTick;
            _wakeTick = long.MaxValue;
            if (_count > 0)
            {
                WakeAt(NextOccupied());
            }
        }

        while (due is not null)
        {
            var next = due.Next;
            due.Next = null;
            due.Owner.OnDue();
            due = next;
        }
    }

    private long NextOccupied()
    {
        var tick = _doneTick + 1;
        while (_slots[tick % Slots] is null && tick < _doneTick + Slots)
        {
            tick++;
        }

        return tick;
    }

    private void WakeAt(long tick)
    {
        _wakeTick = tick;
        var inMs = (tick * TickMs) - _time.GetElapsedTime(_startedAt).TotalMilliseconds;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling(inMs))), Timeout.InfiniteTimeSpan);
    }

    private long NowTick() => (long)_time.GetElapsedTime(_startedAt).TotalMilliseconds / TickMs;

    private void Unlink(TimerWheelEntry entry)
    {
        if (entry.Slot < 0)
        {
            return;
        }

        if (entry.Previous is { } previous)
        {
            previous.Next = entry.Next;
        }
        else
        {
            _slots[entry.Slot] = entry.Next;
        }

        if (entry.Next is { } next)
        {
            next.Previous = entry.Previous;
        }

        entry.Next = entry.Previous = null;
        entry.Slot = -1;
        _count--;
    }
}
