using System.Text;
using Actors.Abstractions;
using Actors.Model.Znodes;
using Actors.Streams;

namespace Actors.Tests.Watches;

/// <summary>What a subscription guarantees, whatever happens in between: compared with the log of all changes.</summary>
public sealed class WatchGuaranteeTests(ITestOutputHelper output)
{
    private static readonly string[] s_paths = ["/p", "/p/a", "/p/b", "/p/a/x", "/p/a/y", "/q", "/q/c", "/pa"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_subscriber_that_reconnects_misses_nothing_and_sees_nothing_twice()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var lossy = new LossyBatches(seed) { OneIn = 6 };
        await using var cluster = await WatchCluster.StartAsync(configure: o => o with { FeedQueueBytes = 200 }, client: Often, network: lossy);
        using var log = new ChangeLog(cluster.Host.Tree, s_paths);
        var followers = Enumerable.Range(0, 12).Select(i => new Follower(cluster, log, random.Next(), i)).ToList();
        var done = followers.ConvertAll(f => f.RunAsync());
        for (var i = 0; i < 400 || (i < 20_000 && (lossy.Lost < 3 || followers.Sum(f => f.Told) < 300)); i++)
        {
            await cluster.WriteAsync(Writes(random));
            if (random.Next(40) == 0)
            {
                cluster.Client.Watches.SetCredentials([]); // the subscription is opened again
            }
        }

        lossy.OneIn = 0;
        await FinishAsync(cluster, followers);
        await Task.WhenAll(done);

        Assert.All(followers, f => f.Check());
        Assert.DoesNotContain(followers, f => f.Gaps > 0);
        Assert.True(lossy.Lost > 0 && followers.Sum(f => f.Seen) > 200, $"{lossy.Lost} losses, {followers.Sum(f => f.Seen)} events: too few to show it");
    }

    [Fact]
    public async Task Too_old_is_told_never_silence()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var lossy = new LossyBatches(seed) { OneIn = 3 };
        await using var cluster = await WatchCluster.StartAsync(
            configure: o => o with { FeedQueueBytes = 100, EventRingBytes = 1024, EventRingBlockBytes = 512 }, client: Often, network: lossy);
        using var log = new ChangeLog(cluster.Host.Tree, s_paths);
        var followers = Enumerable.Range(0, 12).Select(i => new Follower(cluster, log, random.Next(), i)).ToList();
        var done = followers.ConvertAll(f => f.RunAsync());
        for (var i = 0; i < 1000; i++)
        {
            await cluster.WriteAsync(Writes(random));
        }

        lossy.OneIn = 0;
        var tooOld = await Assert.ThrowsAsync<WatchTooOldException>(async () =>
        {
            await foreach (var _ in cluster.Client.WatchAsync("/p", recursive: true, since: new ZnodeEventToken(1, 0), cancellationToken: Cancelled))
            {
                Assert.Fail("changes that old are not there");
            }
        });
        Assert.Equal(WatchGapReason.TooOld, tooOld.Reason);
        await FinishAsync(cluster, followers);
        await Task.WhenAll(done);

        Assert.All(followers, f => f.Check());
        Assert.True(followers.Sum(f => f.Gaps) > 0, "nobody was too late: it shows nothing");
        output.WriteLine($"{followers.Sum(f => f.Gaps)} holes, {followers.Sum(f => f.Seen)} events, {lossy.Lost} losses");
    }

    /// <summary>A subscription that was lost is noticed soon, so that much is lost in little time.</summary>
    private static void Often(WatchStreamsOptions options) => options.RenewPeriod = TimeSpan.FromMilliseconds(20);

    /// <summary>Something happens to every path: a follower that has seen it has seen all.</summary>
    private static async Task FinishAsync(WatchCluster cluster, List<Follower> followers)
    {
        foreach (var path in s_paths)
        {
            var zxid = await cluster.CreateAsync(path);
            followers.Where(f => f.Path == path).ToList().ForEach(f => f.StopAt(zxid + 1));
            await cluster.SetAsync(path);
        }
    }

    private static ZnodeWrite[] Writes(Random random) =>
        [.. Enumerable.Range(0, random.Next(4) == 0 ? random.Next(2, 6) : 1).Select(_ => Write(random))];

    private static ZnodeWrite Write(Random random)
    {
        var path = Encoding.UTF8.GetBytes(s_paths[random.Next(s_paths.Length)]);
        return random.Next(5) switch
        {
            0 or 1 => new ZnodeWrite { Kind = ZnodeWriteKind.Create, Path = path, Acl = [ZnodeAcl.Open], TtlMs = -1 },
            2 => new ZnodeWrite { Kind = ZnodeWriteKind.Delete, Path = path, Version = -1 },
            _ => new ZnodeWrite { Kind = ZnodeWriteKind.SetData, Path = path, Version = -1 },
        };
    }

    /// <summary>Follows one path, stops now and then, and goes on from where it was.</summary>
    private sealed class Follower(WatchCluster cluster, ChangeLog log, int seed, int number)
    {
        private readonly Random _random = new(seed);
        private readonly List<(ZnodeEvent Event, long GapZxid)> _told = [];
        private readonly bool _isRecursive = number % 2 == 0;
        private long _stopAt = long.MaxValue;
        private int _count;
        private ChangePosition? _start;

        public string Path { get; } = s_paths[number % s_paths.Length];

        public int Gaps => _told.Count(t => t.GapZxid > 0);

        public int Seen => _told.Count - Gaps;

        /// <summary>Changes that were told so far; from any thread.</summary>
        public int Told => Volatile.Read(ref _count);

        public void StopAt(long zxid) => Volatile.Write(ref _stopAt, zxid);

        public async Task RunAsync()
        {
            ZnodeEventToken? token = number % 3 == 0 ? ZnodeEventToken.After(cluster.Host.Tree.LastZxid) : null;
            _start = token?.Position;
            while (true)
            {
                var rest = _random.Next(60);
                try
                {
                    var watching = cluster.Client.WatchAsync(
                        Path, _isRecursive, token, zxid => _start ??= ChangePosition.After(zxid), Cancelled);
                    await foreach (var change in watching)
                    {
                        _told.Add((change, 0));
                        Volatile.Write(ref _count, _count + 1);
                        token = change.Token;
                        if (change.Path == Path && change.Zxid >= Volatile.Read(ref _stopAt))
                        {
                            return;
                        }

                        if (rest-- == 0)
                        {
                            break;
                        }
                    }
                }
                catch (WatchTooOldException gap)
                {
                    _told.Add((default, gap.Zxid));
                    token = gap.Token;
                    if (gap.Zxid >= Volatile.Read(ref _stopAt))
                    {
                        return;
                    }
                }
            }
        }

        /// <summary>Every change of the path behind the start, once, in order, but for what lies in a hole that was told.</summary>
        public void Check()
        {
            var expected = new Queue<ZnodeEvent>(log.Changes.Where(c => ChangeLog.IsFor(c, Path, _isRecursive) && c.Token.Position > _start));
            foreach (var (change, gapZxid) in _told)
            {
                if (gapZxid > 0)
                {
                    while (expected.TryPeek(out var missed) && missed.Zxid <= gapZxid)
                    {
                        expected.Dequeue();
                    }

                    continue;
                }

                Assert.True(expected.TryDequeue(out var next), $"follower {number} of {Path} is told {change}, which nothing is left of");
                Assert.Equal(next, change);
            }
        }
    }
}
