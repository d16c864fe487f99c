using System.Text;
using Actors.Cluster.Acl;
using Actors.Model.Znodes;
using Actors.Node.Tree;

namespace Actors.Tests.Watches;

/// <summary>The ring of the last changes, by itself.</summary>
public sealed class TreeEventRingTests
{
    [Fact]
    public void What_the_ring_holds_is_read_back_in_any_slices_and_older_is_known_to_be_gone()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var ring = new TreeEventRing(8 * 2048, TimeSpan.FromMinutes(5), TimeProvider.System, blockBytes: 2048);
        ring.BeginAt(100);
        var lists = Enumerable.Range(0, 40).Select(i => new AccessList([new ZnodeAcl(ZnodePermissions.Read, "digest", $"u{i}:x")])).ToArray();
        var all = new List<Seen>();
        for (var zxid = 101; zxid < 3000; zxid++)
        {
            for (var index = random.Next(3); index >= 0; index--)
            {
                var seen = new Seen(
                    new ChangePosition(zxid, 2 - index), (WatchEventType)random.Next(1, 5), "/" + new string('x', random.Next(1, 200)),
                    lists[random.Next(lists.Length)]);
                all.Add(seen);
                ring.Append(seen.Position, seen.Type, Encoding.UTF8.GetBytes(seen.Path), seen.Readers);
            }

            if (random.Next(50) == 0)
            {
                var from = all[random.Next(all.Count)].Position;
                var expected = all.Where(s => s.Position > from && s.Position > ring.Oldest).ToList();
                var cursor = new RingCursor(ChangePosition.Max(from, ring.Oldest));
                Assert.True(expected.SequenceEqual(Walk(ring, cursor, random)), $"seed {seed}");
                Assert.True(from < ring.Oldest || expected.Count == all.Count(s => s.Position > from), $"seed {seed}");
            }
        }

        Assert.False(ring.IsWhole);
        Assert.True(ring.Bytes <= 8 * 2048);
    }

    [Fact]
    public void A_walk_from_far_inside_a_block_gets_on_though_each_slice_is_smaller_than_what_lies_before()
    {
        var ring = new TreeEventRing(1 << 20, TimeSpan.FromMinutes(5), TimeProvider.System, blockBytes: 64 * 1024);
        for (var zxid = 1; zxid <= 500; zxid++)
        {
            ring.Append(new ChangePosition(zxid, 0), WatchEventType.DataChanged, "/some/path/of/usual/length"u8, AccessList.Open);
        }

        var cursor = new RingCursor(new ChangePosition(498, 0));
        var seen = new Positions();
        var slices = 1;
        while (!ring.Walk(ref cursor, bytes: 1024, seen))
        {
            Assert.InRange(++slices, 1, 100);
        }

        Assert.Equal([499, 500], seen.Zxids);
    }

    [Fact]
    public void A_path_larger_than_a_block_leaves_a_hole_that_is_known()
    {
        var ring = new TreeEventRing(4096, TimeSpan.FromMinutes(5), TimeProvider.System, blockBytes: 1024);
        ring.Append(new ChangePosition(1, 0), WatchEventType.Created, "/a"u8, AccessList.Open);
        ring.Append(new ChangePosition(2, 0), WatchEventType.Created, new byte[5000], AccessList.Open);
        ring.Append(new ChangePosition(3, 0), WatchEventType.Created, "/b"u8, AccessList.Open);

        Assert.Equal((new ChangePosition(2, 0), false), (ring.Oldest, ring.IsWhole));
        Assert.Equal(["/b"], Walk(ring, new RingCursor(ring.Oldest), new Random(1)).Select(s => s.Path));
    }

    [Fact]
    public void What_is_older_than_the_age_gives_its_room_before_the_bytes_are_used_up()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var ring = new TreeEventRing(1 << 20, TimeSpan.FromMinutes(5), time, blockBytes: 1024);
        for (var zxid = 1; zxid < 2000; zxid++)
        {
            ring.Append(new ChangePosition(zxid, 0), WatchEventType.DataChanged, "/some/path/of/usual/length"u8, AccessList.Open);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(ring.Oldest.Zxid, 2000 - 400, 2000 - 300);
        Assert.InRange(ring.Bytes, 1, 32 * 1024);
    }

    [Fact]
    public void Once_its_blocks_are_there_the_ring_allocates_nothing()
    {
        var ring = new TreeEventRing(1 << 20, TimeSpan.FromMinutes(5), TimeProvider.System, blockBytes: 64 << 10);
        Append(ring, 0, 100_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Append(ring, 100_000, 200_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Append(TreeEventRing ring, int from, int to)
        {
            for (var zxid = from; zxid < to; zxid++)
            {
                ring.Append(new ChangePosition(zxid, 0), WatchEventType.DataChanged, "/bench/node-00000042"u8, AccessList.Open);
            }
        }
    }

    private static List<Seen> Walk(TreeEventRing ring, RingCursor cursor, Random random)
    {
        var visitor = new Visitor(random);
        while (!ring.Walk(ref cursor, random.Next(1, 3000), visitor))
        {
        }

        return visitor.Events;
    }

    private sealed record Seen(ChangePosition Position, WatchEventType Type, string Path, AccessList Readers);

    private sealed class Visitor(Random random) : IRingVisitor
    {
        public List<Seen> Events { get; } = [];

        public bool Visit(ChangePosition position, WatchEventType type, ReadOnlySpan<byte> path, AccessList readers)
        {
            Events.Add(new Seen(position, type, Encoding.UTF8.GetString(path), readers));
            return random.Next(10) > 0;
        }
    }

    private sealed class Positions : IRingVisitor
    {
        public List<long> Zxids { get; } = [];

        public bool Visit(ChangePosition position, WatchEventType type, ReadOnlySpan<byte> path, AccessList readers)
        {
            Zxids.Add(position.Zxid);
            return true;
        }
    }
}
