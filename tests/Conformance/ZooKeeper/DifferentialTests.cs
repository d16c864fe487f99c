using Conformance.Fixtures;

namespace Conformance.ZooKeeper;

/// <summary>
/// Seeded random operations against a real ZooKeeper and this node, replies, codes, Stats and events compared: see
/// <c>Scripts/differential.py</c>, which also lists the allowed differences. The real one is Debian's 3.8; ZOOKEEPER_PEER=host:port names a
/// 3.9 that was started afresh instead (with TTL znodes, enforced quotas and this super digest), and then more is compared.
/// ACTORS_DIFFERENTIAL_SEED repeats a run.
/// </summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const string Python = "/usr/bin/python3";

    private static string? Peer => Environment.GetEnvironmentVariable("ZOOKEEPER_PEER") is { Length: > 0 } value ? value : null;

    [Theory(Explicit = true, Timeout = 400_000)]
    [InlineData("sessions", 4_000)]
    [InlineData("pipelined", 4_000)]
    public async Task Answers_are_those_of_a_real_zookeeper(string mode, int operations)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var seed = Environment.GetEnvironmentVariable("ACTORS_DIFFERENTIAL_SEED") is { Length: > 0 } given
            ? given
            : $"{TimeProvider.System.GetTimestamp() & 0xf_ffff}";
        using var folder = new TempFolder("differential");
        var port = FreePort.Take();
        await using var silo = await SiloProcess.StartAsync(
            new SiloSettings(folder.Path)
            {
                KafkaPort = -1,
                DashboardPort = -1,
                ZooKeeperPort = port,
                Arguments = ["--Actors:ZooKeeper:ContainerCheckIntervalMs=100000000", "--Actors:ZooKeeper:SuperDigest=" + RealZooKeeper.SuperDigest],
            },
            cancellation);
        await using var real = Peer is null ? await RealZooKeeper.StartAsync(cancellation) : null;
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "ZooKeeper", "Scripts", "differential.py"), $"127.0.0.1:{port}", real?.Address ?? Peer!, seed,
            $"{operations}", mode,
        ];
        var result = await ClientProcess.RunAsync(
            Python,
            real is null ? arguments : [.. arguments, "old"],
            Stream.Null,
            output: null,
            TimeSpan.FromMinutes(5),
            cancellation,
            new Dictionary<string, string> { ["PYTHONDONTWRITEBYTECODE"] = "1" });

        output.WriteLine($"seed {seed}: {result.Output.Trim()}");
        result.Succeeded();
    }
}
