using LoadGen.Drivers;
using LoadGen.Protocol;
using LoadGen.Report;

namespace LoadGen.Scenarios;

/// <summary>Many groups, each committing one offset at a time.</summary>
internal static class CommitScenario
{
    private const short CoordinatorLoadInProgress = 14;
    private const short CoordinatorNotAvailable = 15;
    private const short NotCoordinator = 16;
    private const int AttemptMs = 50;
    private const int MaxAttempts = 60_000 / AttemptMs;

    public static LoadResult Run(Target target, int groups, int threads, double warmUpSeconds, double seconds)
    {
        using var topic = target.NewTopic("commits", 1, TopicSettings.None);
        using (var connection = new KafkaConnection(target.Address))
        {
            for (var i = 0; i < groups; i++)
            {
                AwaitCoordinator(connection, target.Admin.Versions, CommitWorker.NameOf(i), topic.Name);
                target.Progress.Show("coordinators", (double)i / groups, i, 0);
            }
        }

        var window = new RunWindow(long.MaxValue, long.MaxValue);
        var workers = Enumerable.Range(0, threads)
            .Select(t => (First: Share(groups, threads, t), End: Share(groups, threads, t + 1)))
            .Select(share => new CommitWorker(window, target.Address, topic.Name, share.First, share.End - share.First))
            .ToArray();
        return LoadRun.Execute(
            $"{groups} groups commit", workers, window, new RunLength(warmUpSeconds, seconds), target.Meter, target.Progress);
    }

    private static int Share(int groups, int threads, int thread) => (int)((long)groups * thread / threads);

    // Kafka makes __consumer_offsets when the first coordinator is asked for, and loads its partitions; a first commit tells.
    private static void AwaitCoordinator(KafkaConnection connection, ServerVersions versions, string group, string topic)
    {
        short error = 0;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var reader = new WireReader(connection.Request(
                ApiKey.FindCoordinator, versions.Best(ApiKey.FindCoordinator), flexible: false, new WireWriter().String(group).Int8(0)));
            reader.Int32(); // throttle
            error = reader.Int16();
            if (error == 0)
            {
                error = FirstCommit(connection, group, topic);
            }

            if (error is not (CoordinatorLoadInProgress or CoordinatorNotAvailable or NotCoordinator))
            {
                break;
            }

            Thread.Sleep(AttemptMs);
        }

        if (error != 0)
        {
            throw ProtocolFault.Code("OffsetCommit", group, error);
        }
    }

    private static short FirstCommit(KafkaConnection connection, string group, string topic)
    {
        var body = new WireWriter().String(group).Int32(-1).String("").String(null).Int32(1).String(topic).Int32(1).Int32(0)
            .Int64(0).Int32(-1).String(null);
        var reader = new WireReader(connection.Request(ApiKey.OffsetCommit, CommitTemplate.Version, flexible: false, body));
        reader.Int32(); // throttle
        reader.Count(false);
        reader.SkipText(false);
        reader.Count(false);
        reader.Int32();
        return reader.Int16();
    }
}
