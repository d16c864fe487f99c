using Actors.Net;
using Microsoft.Extensions.Time.Testing;

namespace Actors.Tests.Net;

public sealed class TimerWheelTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(1, 10)]
    [InlineData(5, 10)]
    [InlineData(100, 10)]
    [InlineData(500, 25)]
    [InlineData(5_000, 25)]
    [InlineData(300_000, 25)]
    public void A_wait_ends_after_its_time_and_not_much_later(int delayMs, int lateMs)
    {
        using var wheel = new TimerWheel(_time);
        for (var begin = 0; begin < 30; begin++)
        {
            var waiter = new Waiter();
            wheel.Add(waiter.Entry, delayMs);
            _time.Advance(TimeSpan.FromMilliseconds(delayMs - 1));
            Assert.Equal(0, waiter.Calls);
            for (var late = 0; waiter.Calls == 0; late++)
            {
                Assert.True(late <= lateMs, $"begun at {begin} ms, it is {late} ms late");
                _time.Advance(TimeSpan.FromMilliseconds(1));
            }

            Assert.Equal((1, 0), (waiter.Calls, wheel.Count));
        }
    }

    [Fact]
    public void Each_of_many_waits_ends_once_and_one_that_is_taken_off_never_does()
    {
        var random = new Random(5);
        using var wheel = new TimerWheel(_time);
        var waiters = Enumerable.Range(0, 2_000).Select(_ => new Waiter()).ToArray();
        foreach (var waiter in waiters)
        {
            wheel.Add(waiter.Entry, random.Next(20_000));
            _time.Advance(TimeSpan.FromMilliseconds(random.Next(3)));
        }

        var off = waiters.Where(w => w.Calls == 0 && random.Next(3) == 0).ToArray();
        Array.ForEach(off, w => wheel.Remove(w.Entry));
        for (var passed = 0; passed < 25_000; passed += 50)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        Assert.All(off, w => Assert.Equal(0, w.Calls));
        Assert.All(waiters.Except(off), w => Assert.Equal(1, w.Calls));
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void An_earlier_wait_does_not_wait_for_a_later_one_and_a_jump_of_the_clock_ends_all()
    {
        using var wheel = new TimerWheel(_time);
        var (late, early) = (new Waiter(), new Waiter());
        wheel.Add(late.Entry, 60_000);
        wheel.Add(early.Entry, 10);
        _time.Advance(TimeSpan.FromMilliseconds(15));
        Assert.Equal((0, 1), (late.Calls, early.Calls));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, late.Calls);
    }

    [Fact]
    public async Task By_the_systems_clock_waits_end_in_order_on_the_wheels_own_thread()
    {
        using var wheel = new TimerWheel(TimeProvider.System);
        var order = new List<(int DelayMs, string? Thread)>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var delayMs in new[] { 600, 60, 300 }) // each new one before or behind the one that the thread sleeps for
        {
            var waiter = new Noted(() =>
            {
                order.Add((delayMs, Thread.CurrentThread.Name));
                if (order.Count == 3)
                {
                    all.TrySetResult();
                }
            });
            wheel.Add(waiter.Entry, delayMs);
        }

        await all.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal([(60, "timer-wheel"), (300, "timer-wheel"), (600, "timer-wheel")], order);
        Assert.Equal(0, wheel.Count);
    }

    private sealed class Noted : ITimed
    {
        private readonly Action _due;

        public Noted(Action due)
        {
            _due = due;
            Entry = new TimerWheelEntry(this);
        }

        public TimerWheelEntry Entry { get; }

        public void OnDue() => _due();
    }

    private sealed class Waiter : ITimed
    {
        public Waiter() => Entry = new TimerWheelEntry(this);

        public TimerWheelEntry Entry { get; }

        public int Calls { get; private set; }

        public void OnDue() => Calls++;
    }
}
