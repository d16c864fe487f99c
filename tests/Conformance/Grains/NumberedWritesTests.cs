using System.Collections.Concurrent;
using System.Globalization;
using Actors.Client;
using Actors.Model.Znodes;
using Conformance.Fixtures;

namespace Conformance.Grains;

/// <summary>Numbered writes of a C# service that outlives its silo: each is done once, however often the silo dies under it.</summary>
public sealed class NumberedWritesTests
{
    private const int Kills = 6;
    private const int WritesBetweenKills = 600;
    private const int InFlight = 40;

    private readonly ConcurrentQueue<(string Data, string Path)> _created = [];
    private int _sets;
    private int _next;
    private volatile bool _isOver;
    private TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _goal;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = 300_000)]
    public async Task Writes_in_flight_over_kill_9_are_each_done_once()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var data = new TempFolder("numbered");
        var settings = new SiloSettings(data.Path)
        {
            KafkaPort = -1, DashboardPort = -1, GatewayPort = FreePort.Take(), SiloPort = FreePort.Take(),
        };
        var silo = await SiloProcess.StartAsync(settings, Cancellation);
        try
        {
            await using var actors = await ActorsClient.ConnectAsync(
                $"127.0.0.1:{settings.GatewayPort}",
                o => (o.ResponseTimeout, o.DeliveryTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)), Cancellation);
            await using var session = await actors.Tree.OpenSessionAsync(TimeSpan.FromSeconds(40), cancellationToken: Cancellation);
            (await session["/seq"].EnsureAsync(Cancellation)).GetValueOrThrow();
            (await session["/counter"].EnsureAsync(Cancellation)).GetValueOrThrow();
            var writers = Enumerable.Range(0, InFlight).Select(i => i % 4 == 0 ? SetAsync(session) : CreateAsync(session)).ToArray();
            for (var kill = 0; kill < Kills; kill++)
            {
                await UntilWrittenAsync(WritesBetweenKills, writers);
                await silo.Kill9Async();
                await silo.DisposeAsync();

                // Every second time the next one dies by itself between the sync and the answers: those writes are there, unanswered.
                silo = SiloProcess.Launch(
                    kill % 2 == 0 ? settings.WithFault($"AfterSync:{random.Next(20, 120)}:kill") : settings);
                await silo.ReadyOrExitedAsync(Cancellation);
                if (kill % 2 == 0)
                {
                    await await Task.WhenAny([silo.ExitCodeAsync(), .. writers]);
                    Assert.NotEqual(0, await silo.ExitCodeAsync());
                    await silo.DisposeAsync();
                    silo = await SiloProcess.StartAsync(settings, Cancellation);
                }
            }

            await UntilWrittenAsync(WritesBetweenKills, writers);
            _isOver = true;
            await Task.WhenAll(writers);
            await CheckAsync(session);
            Assert.Equal(TreeSessionState.Connected, session.State);
        }
        finally
        {
            await silo.DisposeAsync();
        }
    }

    private async Task CheckAsync(TreeSession session)
    {
        var names = (await session["/seq"].GetChildrenAsync(Cancellation)).GetValueOrThrow().Names;
        Assert.Equal(_created.Select(c => c.Path).Order(StringComparer.Ordinal), names.Select(n => $"/seq/{n}").Order(StringComparer.Ordinal));
        Assert.Equal(_created.Count, _created.Select(c => c.Data).Distinct().Count());
        foreach (var (text, path) in _created)
        {
            Assert.Equal(text, (await session[path].GetAsync(Cancellation)).GetValueOrThrow().Text);
        }

        var counter = (await session["/counter"].GetAsync(Cancellation)).GetValueOrThrow();
        Assert.Equal(_sets, counter.Stat.Version);
        TestContext.Current.TestOutputHelper?.WriteLine($"{_created.Count} creates, {_sets} sets");
    }

    private async Task CreateAsync(TreeSession session)
    {
        while (!_isOver)
        {
            var text = Interlocked.Increment(ref _next).ToString(CultureInfo.InvariantCulture);
            var created = (await session["/seq"]["s-"].CreateTextAsync(text, CreateMode.PersistentSequential, Cancellation)).GetValueOrThrow();
            _created.Enqueue((text, created.Path));
            Note();
        }
    }

    private async Task SetAsync(TreeSession session)
    {
        while (!_isOver)
        {
            (await session["/counter"].SetTextAsync("x", cancellationToken: Cancellation)).GetValueOrThrow();
            Interlocked.Increment(ref _sets);
            Note();
        }
    }

    private void Note()
    {
        if (Interlocked.Decrement(ref _goal) == 0)
        {
            _enough.TrySetResult();
        }
    }

    private async Task UntilWrittenAsync(int count, Task[] writers)
    {
        _enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _goal, count);
        await await Task.WhenAny([_enough.Task, .. writers]).WaitAsync(TimeSpan.FromMinutes(2), Cancellation);
    }
}
