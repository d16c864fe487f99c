using System.Diagnostics;
using System.Globalization;
using Conformance.Fixtures;

namespace Conformance.Grains;

/// <summary>
/// The sample as a reader of the README runs it: two services race, a third process watches, each a process on the Orleans client. Masters
/// are killed with -9, and so is the silo.
/// </summary>
public sealed class MasterFailoverTests : IDisposable
{
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(20); // a busy machine; the session's timeout is what is tested

    private readonly TempFolder _data = new("failover");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact(Explicit = true, Timeout = 300_000)]
    public async Task When_the_master_is_killed_the_other_one_takes_over_and_the_watcher_switches()
    {
        await using var silo = await SiloProcess.StartAsync(Settings(), Cancellation);
        var timeout = TimeSpan.FromSeconds(4);
        await using var watcher = Start(silo, timeout, "watcher");
        await using var first = Start(silo, timeout, "service", "10.0.0.7");
        await UntilAsync(() => Token(first) > 0, "the first service is the master", first);
        await using var second = Start(silo, timeout, "service", "10.0.0.8");
        await UntilAsync(() => Says(second, "I stand by"), "the second service stands by", second);
        await UntilAsync(() => Says(watcher, $"the first order with token {Token(first)}"), "the watcher sees the first one's work", watcher);

        var killed = Stopwatch.GetTimestamp();
        first.Kill9();
        await UntilAsync(() => Token(second) > 0, "the second service takes over", second);
        var took = Stopwatch.GetElapsedTime(killed);
        await UntilAsync(
            () => Says(watcher, $"switched over to 10.0.0.8, token {Token(second)}"), "the watcher switches over", watcher);
        await UntilAsync(() => Says(watcher, $"the first order with token {Token(second)}"), "the second one works", watcher);

        await using var again = Start(silo, timeout, "service", "10.0.0.7");
        await UntilAsync(() => Says(again, "I stand by"), "the killed one is back", again);
        second.Kill9();
        await UntilAsync(() => Token(again) > 0, "the one that is back takes over again", again);
        await UntilAsync(() => Says(watcher, $"switched over to 10.0.0.7, token {Token(again)}"), "the watcher switches back", watcher);

        TestContext.Current.TestOutputHelper?.WriteLine($"taken over {took.TotalSeconds:0.0} s after kill -9, session timeout {timeout}");
        Assert.InRange(took, TimeSpan.Zero, timeout + s_slack);
        Assert.True(Token(first) < Token(second) && Token(second) < Token(again));
        Assert.False(Says(watcher, "two masters"));
    }

    [Fact(Explicit = true, Timeout = 300_000)]
    public async Task When_the_silo_is_killed_and_started_again_sessions_and_the_master_stay()
    {
        var timeout = TimeSpan.FromSeconds(15);
        var silo = await SiloProcess.StartAsync(Settings(), Cancellation);
        try
        {
            await using var watcher = Start(silo, timeout, "watcher");
            await using var first = Start(silo, timeout, "service", "10.0.0.7");
            await UntilAsync(() => Token(first) > 0, "the first service is the master", first);
            await using var second = Start(silo, timeout, "service", "10.0.0.8");
            await UntilAsync(() => Says(second, "I stand by"), "the second service stands by", second);
            var token = Token(first);
            await UntilAsync(() => Says(watcher, $"the first order with token {token}"), "the watcher sees the master's work", watcher);

            await silo.Kill9Async();
            silo = await silo.RestartAsync(Cancellation);

            // The second one is still in line with the session it had: it takes over when the master dies.
            first.Kill9();
            await UntilAsync(() => Token(second) > token, "the second service takes over", second);
            await UntilAsync(
                () => Says(watcher, $"switched over to 10.0.0.8, token {Token(second)}"), "the watcher switches over", watcher);
            Assert.False(Says(first, "my session is over") || Says(second, "my session is over"));
            Assert.Equal(1, Count(second, "session 0x"));
            Assert.False(Says(watcher, "two masters"));
        }
        finally
        {
            await silo.DisposeAsync();
        }
    }

    private SiloSettings Settings() => new(_data.Path) { GatewayPort = FreePort.Take(), SiloPort = FreePort.Take() };

    private static RunningClient Start(SiloProcess silo, TimeSpan timeout, params string[] role) => RunningClient.Start(
        "dotnet",
        [
            SampleAssemblies.MasterFailover, .. role, "--gateway", silo.Ready.Orleans, "--timeout",
            timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        ]);

    private static Task UntilAsync(Func<bool> done, string what, RunningClient client) => RunningClient.UntilAsync(done, what, client);

    private static bool Says(RunningClient client, string text) => Count(client, text) > 0;

    private static int Count(RunningClient client, string text) => client.Lines.Count(l => l.Contains(text, StringComparison.Ordinal));

    /// <summary>The fencing token with which a service is the master, or was last; 0: it never was.</summary>
    private static long Token(RunningClient client)
    {
        const string Before = "I am the master, token ";
        var line = client.Lines.LastOrDefault(l => l.Contains(Before, StringComparison.Ordinal));
        var from = line?.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        return from is null ? 0 : long.Parse(line![from.Value..], CultureInfo.InvariantCulture);
    }
}
