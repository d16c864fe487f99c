using Conformance.Clients;
using Conformance.Fixtures;

namespace Conformance.Crashes;

/// <summary>kill -9 while a compacted topic is written to and cleaned: at each step of a cleaning, and by a signal at any moment.</summary>
public sealed class CompactionKillTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>Where the process dies, one per start; null: by a signal while it cleans. The points are the binary's names.</summary>
    private static readonly string?[] s_deaths =
    [
        "AfterCleaning:1:kill", "BeforeSwap:1:kill", "AfterSwap:1:kill", null, "BeforeSwapRename:1:kill", "AfterSwapRename:1:kill",
        "BeforeSwapEnd:1:kill", "AfterSwapEnd:1:kill",
    ];

    private const int RecordsPerRound = 2_400;

    /// <summary>How long a cleaning may take to come to the step at which the process dies.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly TempFolder _data = new("compaction");
    private int _deaths;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = 300_000)]
    public async Task The_newest_acknowledged_record_of_every_key_outlives_kill_9_at_each_step_of_a_cleaning()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("ACTORS_KILL_SEED"), out var given)
            ? given : (int)(TimeProvider.System.GetTimestamp() & 0xf_ffff);
        output.WriteLine($"seed {seed}; repeat it with ACTORS_KILL_SEED={seed}");
        var settings = SiloSettings.WithFixedKafkaPort(_data.Path) with { Arguments = ["--Actors:Cleaner:BackoffMs=20"] };
        var run = new CompactionRun(seed);
        await CreateAsync(settings);
        foreach (var death in s_deaths)
        {
            await RoundAsync(run, death is null ? settings : settings.WithFault(death), death);
        }

        await using var last = await SiloProcess.StartAsync(settings, Cancellation);
        var left = run.Check(last.Kafka, last.Exited);
        output.WriteLine($"{run.Acknowledged} records acknowledged, {left} are left");
        Assert.True(_deaths >= s_deaths.Length / 2, $"only {_deaths} processes died in a cleaning");
        Assert.True(left < run.Acknowledged * 3 / 4, $"{left} of {run.Acknowledged} records are left: nothing was cleaned");
        Assert.Equal(0, await last.TerminateAsync());
    }

    public void Dispose() => _data.Dispose();

    private static async Task CreateAsync(SiloSettings settings)
    {
        await using var silo = await SiloProcess.StartAsync(settings, Cancellation);
        await ConfluentClients.CreateTopicAsync(silo.Kafka, CompactionRun.Topic, configs: new()
        {
            ["cleanup.policy"] = "compact", ["segment.bytes"] = "1048576", ["min.cleanable.dirty.ratio"] = "0.01", ["delete.retention.ms"] = "200",
        });
        await silo.TerminateAsync();
    }

    private static async Task<bool> DiesAsync(SiloProcess silo)
    {
        try
        {
            await silo.Exited.WaitAsync(s_patience, Cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task RoundAsync(CompactionRun run, SiloSettings settings, string? death)
    {
        await using var silo = SiloProcess.Launch(settings);
        if (await silo.ReadyOrExitedAsync(Cancellation))
        {
            try
            {
                var left = run.Check(silo.Kafka, silo.Exited);
                run.Send(silo.Kafka, RecordsPerRound, silo.Exited);
                var died = death is not null && await DiesAsync(silo);
                _deaths += died ? 1 : 0;
                output.WriteLine($"{death ?? "signal"}: {left} records found, {run.Acknowledged} acknowledged, died by itself: {died}");
            }
            catch (NodeGoneException) when (death is not null)
            {
                _deaths++; // while everything was being read
            }
        }

        await silo.Kill9Async();
        Assert.Equal(128 + 9, await silo.Exited);
    }
}
