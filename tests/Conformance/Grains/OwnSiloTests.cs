using Conformance.Fixtures;

namespace Conformance.Grains;

/// <summary>A user's grains in a user's process: ordinary state in "logs" and an append-only log, killed and started again.</summary>
public sealed class OwnSiloTests : IDisposable
{
    private readonly TempFolder _data = new("own");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task State_and_log_of_a_users_grains_survive_kill_9()
    {
        await using (var service = await OwnSiloProcess.StartAsync(_data.Path, Cancellation))
        {
            Assert.Equal(0, await service.GetAsync<long>("/counters/visits", Cancellation));
            Assert.Equal(3, await service.PostAsync("/counters/visits/3", "", Cancellation));
            Assert.Equal(7, await service.PostAsync("/counters/visits/4", "", Cancellation));
            Assert.Equal(0, await service.PostAsync("/journals/mine", "first", Cancellation));
            Assert.Equal(1, await service.PostAsync("/journals/mine", "zweite", Cancellation));
            await service.Kill9Async();
        }

        await using var again = await OwnSiloProcess.StartAsync(_data.Path, Cancellation);
        Assert.Equal(7, await again.GetAsync<long>("/counters/visits", Cancellation));
        Assert.Equal(["first", "zweite"], await again.GetAsync<string[]>("/journals/mine", Cancellation));
        Assert.Equal(8, await again.PostAsync("/counters/visits/1", "", Cancellation));
        Assert.Equal(2, await again.PostAsync("/journals/mine", "third", Cancellation));
    }

    [Fact(Explicit = true, Timeout = 300_000)]
    public async Task Killed_under_load_no_acknowledged_write_is_lost_and_none_is_there_twice()
    {
        const int Rounds = 4;
        const int Writers = 8;
        var acknowledged = new List<string>[Writers];
        var attempted = new List<string>[Writers];
        for (var w = 0; w < Writers; w++)
        {
            (acknowledged[w], attempted[w]) = ([], []);
        }

        for (var round = 0; round < Rounds; round++)
        {
            await using var service = await OwnSiloProcess.StartAsync(_data.Path, Cancellation);
            var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var writes = 0;
            var writers = Enumerable.Range(0, Writers).Select(async w =>
            {
                for (var i = 0; ; i++)
                {
                    var line = $"{round}/{w}/{i}";
                    attempted[w].Add(line);
                    try
                    {
                        await service.PostAsync($"/journals/j{w}", line, Cancellation);
                        await service.PostAsync($"/counters/c{w}/1", "", Cancellation);
                    }
                    catch (HttpRequestException)
                    {
                        return; // killed: this line's fate is open
                    }

                    acknowledged[w].Add(line);
                    if (Interlocked.Increment(ref writes) == 200)
                    {
                        enough.TrySetResult();
                    }
                }
            }).ToArray();
            await enough.Task.WaitAsync(Cancellation);
            await service.Kill9Async();
            await Task.WhenAll(writers);
        }

        await using var last = await OwnSiloProcess.StartAsync(_data.Path, Cancellation);
        for (var w = 0; w < Writers; w++)
        {
            var lines = await last.GetAsync<string[]>($"/journals/j{w}", Cancellation);
            Assert.Equal(lines.Distinct(), lines);
            Assert.Empty(acknowledged[w].Except(lines));
            Assert.Empty(lines.Except(attempted[w]));
            Assert.Equal(lines, attempted[w].Where(lines.Contains)); // in the order in which they were written
            var count = await last.GetAsync<long>($"/counters/c{w}", Cancellation);
            Assert.InRange(count, acknowledged[w].Count, attempted[w].Count);
        }
    }
}
