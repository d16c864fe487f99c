namespace Conformance.Crashes;

/// <summary>
/// kill -9 of the Release binary, again and again, at every named fault point and at any moment in between, under real producers.
/// After each start everything that was ever acknowledged or read is read again.
/// </summary>
public sealed class KillRoundsTests(ITestOutputHelper output)
{
    private const int DefaultRounds = 200;
    private const int RoundsPerDirectory = 20;

    /// <summary>Two nodes at a time keep both cores busy: most of a round is waiting for a start or for the disk.</summary>
    private const int Lanes = 2;

    private static bool Verbose => Environment.GetEnvironmentVariable("ACTORS_KILL_VERBOSE") is { Length: > 0 };

    private static int Rounds => Setting("ACTORS_KILL_ROUNDS") ?? DefaultRounds;

    [Fact(Explicit = true, Timeout = 1_500_000)]
    public async Task Nothing_acknowledged_is_lost_moved_or_doubled_over_hundreds_of_kills()
    {
        var seed = Setting("ACTORS_KILL_SEED");
        var first = seed ?? (int)(TimeProvider.System.GetTimestamp() & 0xf_ffff) * KillCampaign.MaxCampaigns;
        var campaigns = seed is null ? (Rounds + RoundsPerDirectory - 1) / RoundsPerDirectory : 1;
        output.WriteLine($"{campaigns} campaigns of {RoundsPerDirectory} rounds, first seed {first}");
        var deaths = new Dictionary<string, int>();
        long acknowledged = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, campaigns),
            new ParallelOptions { MaxDegreeOfParallelism = Lanes, CancellationToken = TestContext.Current.CancellationToken },
            async (campaign, cancellation) =>
            {
                using var kills = new KillCampaign(first + campaign);
                await kills.RunAsync(RoundsPerDirectory, cancellation);
                lock (deaths)
                {
                    acknowledged += kills.AcknowledgedCount;
                    if (seed is not null || Verbose)
                    {
                        output.WriteLine(string.Join('\n', kills.History));
                    }

                    foreach (var (where, count) in kills.Deaths)
                    {
                        deaths[where] = deaths.GetValueOrDefault(where) + count;
                    }
                }
            });

        output.WriteLine($"{acknowledged} acknowledged records, {deaths.Values.Sum()} deaths: " +
            string.Join(", ", deaths.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => $"{d.Key} {d.Value}")));
        if (seed is null && Rounds >= DefaultRounds)
        {
            Assert.Empty(FaultPlan.Points.Except(deaths.Keys)); // a point that is never hit proves nothing
        }
    }

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : null;
}
