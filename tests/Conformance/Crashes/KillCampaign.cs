using System.Diagnostics;
using Confluent.Kafka;
using Conformance.Fixtures;

namespace Conformance.Crashes;

/// <summary>
/// Rounds on one data directory: start, read back, send, die. Each process is started with the fault of its own round, so one start
/// serves to recover from the last death and to prepare the next; a fault that strikes while it still recovers is a round as well.
/// </summary>
public sealed class KillCampaign : IDisposable
{
    /// <summary>A seed also holds the campaign's number, below this.</summary>
    public const int MaxCampaigns = 1_000;

    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _data = new("kill");
    private readonly LogBook _book = new();
    private readonly List<LoadRun> _live = [];
    private readonly List<string> _history = [];
    private readonly Random _random;
    private readonly SiloSettings _settings;
    private readonly int _seed;
    private readonly long _began = Stopwatch.GetTimestamp();
    private bool _resting = true;

    public KillCampaign(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        _settings = SiloSettings.WithFixedKafkaPort(_data.Path);
    }

    /// <summary>How often the process died where, over all rounds of this campaign.</summary>
    public Dictionary<string, int> Deaths { get; } = [];

    /// <summary>Which of the campaigns of a run this is: each goes on in the turn of fault points where the one before it ended.</summary>
    public int Number => _seed % MaxCampaigns;

    public IEnumerable<string> History => _history;

    public long AcknowledgedCount { get; private set; }

    public async Task RunAsync(int rounds, CancellationToken cancellation)
    {
        try
        {
            for (var round = 0; round < rounds; round++)
            {
                var plan = FaultPlan.Next(_random, Number * rounds + round, armed: !_resting);
                _history.Add($"round {round}: {plan}");
                await RoundAsync(plan, cancellation);
            }

            await LastLookAsync(cancellation);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(
                $"Kill campaign with seed {_seed} failed; repeat it with ACTORS_KILL_SEED={_seed}.\n{string.Join('\n', _history.TakeLast(6))}", e);
        }
    }

    public void Dispose()
    {
        _live.ForEach(r => r.Dispose());
        _data.Dispose();
    }

    private async Task RoundAsync(FaultPlan plan, CancellationToken cancellation)
    {
        await using var silo = SiloProcess.Launch(plan.Fault is { } fault ? _settings.WithFault(fault) : _settings);
        if (!await silo.ReadyOrExitedAsync(cancellation))
        {
            await DiedAsync(silo, plan, "while starting");
            return;
        }

        try
        {
            if (_resting)
            {
                await KillTopics.CreateAsync(silo.Kafka);
                _resting = false;
            }

            DrainLive(silo.Exited);
            _book.Check(silo.Kafka, silo.Exited);
            Load(silo, plan);
        }
        catch (NodeGoneException) when (plan.Fault is not null)
        {
            // The fault struck while producers resent or everything was being read: the next process is asked again.
            await DiedAsync(silo, plan, "while being read");
            return;
        }

        await DiedAsync(silo, plan, "under load");
        if (!plan.ProducersLiveOn)
        {
            LetGo();
        }
    }

    private void Load(SiloProcess silo, FaultPlan plan)
    {
        LoadRun[] runs =
        [
            NewRun(silo.Kafka, idempotent: true),
            NewRun(silo.Kafka, idempotent: false),
        ];
        foreach (var run in runs)
        {
            _book.Add(run);
            _live.Add(run);
        }

        Parallel.ForEach(runs, run => run.Send(plan, plan.LoadBytes / runs.Length, silo.Exited));
    }

    private LoadRun NewRun(string bootstrap, bool idempotent)
    {
        var codec = _random.Next(3) == 0 ? CompressionType.Lz4 : CompressionType.None;
        return new LoadRun(bootstrap, $"{(idempotent ? "idempotent" : "plain")}-{_book.RunCount}", idempotent, codec, _random.Next());
    }

    private async Task DiedAsync(SiloProcess silo, FaultPlan plan, string when)
    {
        var bySignal = !silo.HasExited;
        await silo.Kill9Async(); // a fault that was not reached: the round still ends with a kill in the middle of the load
        var code = await silo.Exited;
        Assert.True(code == 128 + 9, $"The node ended with {code} instead of being killed. It wrote:\n{silo.Output}");
        var where = bySignal ? "signal" : plan.Point!;
        Deaths[where] = Deaths.GetValueOrDefault(where) + 1;
        _history.Add($"  {Stopwatch.GetElapsedTime(_began).TotalSeconds:F1} s: died {when}"
            + $", by {(bySignal ? "signal" : plan.Fault)}, {_book.RecordCount} records known");
        _live.ForEach(r => r.LivedThroughAKill = true);
    }

    /// <summary>Producers that lived through the kill resend what had no answer, and must be told that all of it is in.</summary>
    private void DrainLive(Task gone)
    {
        foreach (var run in _live)
        {
            if (!run.Drain(DrainPatience, gone))
            {
                throw new NodeGoneException();
            }

            Assert.True(run.Failures.Length == 0, $"{run.Name} was refused: {string.Join('\n', run.Failures.Take(5))}");
        }

        LetGo();
    }

    private void LetGo()
    {
        foreach (var run in _live)
        {
            run.Dispose(); // what had no answer stays unknown
            AcknowledgedCount += run.AcknowledgedCount;
        }

        _live.Clear();
    }

    private async Task LastLookAsync(CancellationToken cancellation)
    {
        await using var silo = await SiloProcess.StartAsync(_settings, cancellation);
        DrainLive(silo.Exited);
        _book.Check(silo.Kafka, silo.Exited);
        Assert.Equal(0, await silo.TerminateAsync());
    }
}
