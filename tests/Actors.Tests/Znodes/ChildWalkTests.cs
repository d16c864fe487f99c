using System.Text;
using Actors.Cluster.Znodes;
using Actors.Model.Ports;
using Actors.Model.Znodes;
using CsCheck;

namespace Actors.Tests.Znodes;

/// <summary>A walk over children in slices, between which commands are applied.</summary>
public sealed class ChildWalkTests
{
    private const long Session = 0x0100_0000_0000_0001;

    [Fact]
    public void A_walk_that_is_not_lost_tells_whatever_was_there_all_the_time_and_nothing_twice() =>
        Gen.Select(Gen.Int[0, 12], Gen.Int[1, 4], Gen.Select(Gen.Int[0, 15], Gen.Bool).Array[0, 3].Array[0, 8]).Sample((children, slice, between) =>
        {
            var log = TreeLog.WithSession(Session);
            var present = new HashSet<string>();
            for (var i = 0; i < children; i++)
            {
                log.Create($"/{i}", Session);
                present.Add($"{i}");
            }

            var always = new HashSet<string>(present) { "zookeeper" };
            var told = new Told();
            var cursor = default(ChildCursor);
            for (var round = 0; !cursor.IsEnded && !cursor.IsLost; round++)
            {
                Assert.Equal(TreeErrorCode.Ok, log.Tree.WalkChildren("/"u8, TreeLog.Nobody, slice, ref cursor, told, out _));
                foreach (var (child, isCreate) in round < between.Length ? between[round] : [])
                {
                    if ((isCreate ? log.Create($"/{child}", Session) : log.Delete($"/{child}", Session)) == TreeErrorCode.Ok && !isCreate)
                    {
                        always.Remove($"{child}");
                    }
                }
            }

            Assert.Equal(told.Names.Count, told.Names.Distinct().Count());
            if (cursor.IsEnded)
            {
                Assert.Subset(told.Names.ToHashSet(), always);
            }
        });

    [Fact]
    public void A_walk_whose_next_child_has_gone_is_lost_even_if_its_slot_is_in_use_again()
    {
        var log = TreeLog.WithSession(Session);
        log.Create("/p", Session);
        foreach (var name in (string[])["a", "b", "c"])
        {
            log.Create($"/p/{name}", Session);
        }

        var told = new Told();
        var cursor = default(ChildCursor);
        log.Tree.WalkChildren("/p"u8, TreeLog.Nobody, 1, ref cursor, told, out _); // c; b is next
        log.Delete("/p/b", Session);
        log.Create("/p/d", Session); // takes b's slot
        log.Tree.WalkChildren("/p"u8, TreeLog.Nobody, 1, ref cursor, told, out _);
        Assert.True(cursor.IsLost);
        Assert.Equal(["c"], told.Names);
    }

    private sealed class Told : IZnodeNames
    {
        public List<string> Names { get; } = [];

        public void Begin(int count)
        {
        }

        public void Add(ReadOnlySpan<byte> name) => Names.Add(Encoding.UTF8.GetString(name));
    }
}
