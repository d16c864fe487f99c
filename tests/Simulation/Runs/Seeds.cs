using System.Collections.Concurrent;
using System.Globalization;

namespace Simulation.Runs;

/// <summary>
/// Runs a scenario under many seeds, two at a time. <c>SIMULATION_SEED</c> repeats one, <c>SIMULATION_SEEDS</c> multiplies their number; a failure says how
/// to repeat it, and <c>SIMULATION_STEPS</c> how many of its last steps are shown (40), with <c>SIMULATION_CALLS</c> the device's calls among them.
/// </summary>
internal static class Seeds
{
    private const int FirstFailuresShown = 3;

    /// <summary>The one seed asked for, or null.</summary>
    public static int? Only => Read("SIMULATION_SEED");

    /// <summary>How many times the usual number of seeds to run.</summary>
    public static int Factor => Read("SIMULATION_SEEDS") ?? 1;

    /// <summary>Runs seeds 1 to <paramref name="count"/>; throws for those that fail.</summary>
    public static void Run(string test, int count, Func<int, RunReport> run, ITestOutputHelper? output)
    {
        var (first, last) = Only is { } only ? (only, only) : (1, checked(count * Factor));
        var failures = new ConcurrentDictionary<int, string>();
        var reports = new ConcurrentBag<RunReport>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 2 };
        Parallel.For(first, last + 1, parallel, (seed, state) =>
        {
            try
            {
                reports.Add(run(seed));
            }
            catch (SimulationException failure)
            {
                failures[seed] = failure.ToString();
                if (failures.Count >= FirstFailuresShown)
                {
                    state.Stop();
                }
            }
        });
        output?.WriteLine(RunReport.Sum(reports).ToString());
        if (!failures.IsEmpty)
        {
            Assert.Fail(string.Join("\n\n", failures.OrderBy(f => f.Key).Select(f => Describe(test, f.Key, f.Value))));
        }
    }

    /// <summary>Whether a seed fails: for tests that the checks are able to.</summary>
    public static bool Fails(int seed, Func<int, RunReport> run, out string reason)
    {
        try
        {
            run(seed);
            reason = "";
            return false;
        }
        catch (SimulationException failure)
        {
            reason = failure.Message;
            return true;
        }
    }

    private static string Describe(string test, int seed, string failure) =>
        $"seed {seed}: {failure}\nrepeat it: SIMULATION_SEED={seed} dotnet test tests/Simulation --filter FullyQualifiedName~{test}";

    public static int? Read(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
