using LoadGen.Platform;

namespace LoadGen.Scenarios;

/// <summary>What lies idle and what it holds: connections or partitions, resident memory and open files before and after.</summary>
internal static class IdleScenario
{
    private const int PartitionsPerTopic = 1_000;
    private const int ConnectTimeoutMs = 30_000;

    /// <summary>Opens so many connections that say nothing.</summary>
    public static IdleResult Connections(Target target, ServerProcess server, int count, double settleSeconds)
    {
        var before = IdleSample.Of(server);
        var sockets = new List<BlockingSocket>(count);
        try
        {
            while (sockets.Count < count)
            {
                sockets.Add(BlockingSocket.Connect(target.Address, ConnectTimeoutMs));
                target.Progress.Show("connections", (double)sockets.Count / count, sockets.Count, 0);
            }

            return Settle(target, server, before, settleSeconds, $"{count:N0} idle connections");
        }
        finally
        {
            sockets.ForEach(s => s.Dispose());
        }
    }

    /// <summary>Creates so many partitions, a thousand per topic, and writes nothing to them.</summary>
    public static IdleResult Partitions(
        Target target, ServerProcess server, int count, double settleSeconds, IReadOnlyDictionary<string, string> configs)
    {
        var before = IdleSample.Of(server);
        var topics = new List<LoadTopic>();
        try
        {
            for (var left = count; left > 0; left -= PartitionsPerTopic)
            {
                topics.Add(target.NewTopic("idle", Math.Min(left, PartitionsPerTopic), configs));
            }

            return Settle(target, server, before, settleSeconds, $"{count:N0} idle partitions");
        }
        finally
        {
            topics.ForEach(t => t.Dispose());
        }
    }

    private static IdleResult Settle(Target target, ServerProcess server, IdleSample before, double seconds, string what)
    {
        target.Progress.Say($"{what}: waiting {seconds:N0} s");
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        return new IdleResult(what, before, IdleSample.Of(server));
    }
}

/// <summary>One look at the server's process.</summary>
internal sealed record IdleSample(long ResidentBytes, long AnonymousBytes, int OpenFiles, int OpenRegularFiles, int Threads)
{
    public static IdleSample Of(ServerProcess server) => new(
        server.ResidentBytes, server.AnonymousBytes, server.OpenFiles, server.OpenRegularFiles, server.Threads);
}

/// <summary>Before and after.</summary>
internal sealed record IdleResult(string What, IdleSample Before, IdleSample After)
{
    public double AddedMegabytes => (After.ResidentBytes - Before.ResidentBytes) / 1e6;
    public int AddedFiles => After.OpenRegularFiles - Before.OpenRegularFiles;
}
