using Conformance.Fixtures;

namespace Conformance.ZooKeeper;

/// <summary>
/// The words that are off by default, as tools parse them: the same is done here and on Debian's ZooKeeper, one grammar reads both answers,
/// and what it read has to be the same. See <c>Scripts/words.py</c>.
/// </summary>
public sealed class MonitoringWordTests
{
    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Words_that_list_and_reset_read_as_those_of_a_real_zookeeper()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var folder = new TempFolder("words");
        var port = FreePort.Take();
        await using var silo = await SiloProcess.StartAsync(
            new SiloSettings(folder.Path)
            {
                KafkaPort = -1,
                DashboardPort = -1,
                ZooKeeperPort = port,
                Arguments = ["--Actors:ZooKeeper:FourLetterWords=*"],
            },
            cancellation);
        await using var real = await RealZooKeeper.StartAsync(cancellation);
        var result = await ClientProcess.RunAsync(
            "/usr/bin/python3",
            [Path.Combine(AppContext.BaseDirectory, "ZooKeeper", "Scripts", "words.py"), $"127.0.0.1:{port}", real.Address],
            Stream.Null,
            output: null,
            ClientProcess.DefaultDeadline,
            cancellation,
            new Dictionary<string, string> { ["PYTHONDONTWRITEBYTECODE"] = "1" });

        Assert.Equal("ok", result.Succeeded().Output.Trim());
    }
}
