using LoadGen.Drivers;
using LoadGen.Groups;
using LoadGen.Protocol;
using LoadGen.Report;

namespace LoadGen.Scenarios;

/// <summary>Many groups, each committing one offset at a time.</summary>
internal static class CommitScenario
{
    public static LoadResult Run(Target target, int groups, int threads, double warmUpSeconds, double seconds)
    {
        using var topic = target.NewTopic("commits", 1, TopicSettings.None);
        using (var connection = new KafkaConnection(target.Address))
        {
            for (var i = 0; i < groups; i++)
            {
                Coordinators.Await(connection, target.Admin.Versions, CommitWorker.NameOf(i), topic.Name);
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
}
