using System.Text;
using Actors.Cluster.Watches;
using Actors.Model.Znodes;
using Actors.Tests.Net;
using Actors.ZooKeeper.Wire;
using static Actors.Tests.TreeListener.TreeClient;

namespace Actors.Tests.TreeListener;

/// <summary>Requests that are small and claim much, and clients that want more than there is for one.</summary>
public sealed class HostileLimitsTests
{
    private const int HugeCount = int.MaxValue;

    [Theory]
    [InlineData(OpCode.Create, HugeCount, TreeErrorCode.MarshallingError)]
    [InlineData(OpCode.Create, -2, TreeErrorCode.BadArguments)] // an empty list, as in ZooKeeper; the 31 is no mode
    [InlineData(OpCode.SetAcl, HugeCount, TreeErrorCode.MarshallingError)]
    [InlineData(OpCode.SetAcl, int.MinValue, TreeErrorCode.InvalidAcl)]
    [InlineData(OpCode.SetWatches, HugeCount, TreeErrorCode.MarshallingError)]
    [InlineData(OpCode.SetWatches2, 1 << 30, TreeErrorCode.MarshallingError)]
    public async Task A_count_that_the_frame_cannot_hold_is_refused_before_anything_is_made_of_it(OpCode type, int count, TreeErrorCode error)
    {
        await using var tree = await TreeHarness.StartAsync();
        var client = await tree.ConnectAsync();
        var answer = await client.AskAsync(type, writer =>
        {
            if (type is OpCode.SetWatches or OpCode.SetWatches2)
            {
                writer.WriteInt64(0);
            }
            else
            {
                writer.WriteString("/bomb");
                if (type == OpCode.Create)
                {
                    writer.WriteString("data");
                }
            }

            writer.WriteInt32(count);
            writer.WriteInt32(31);
        });
        Assert.Equal(error, answer.Error);
        Assert.Equal(TreeErrorCode.Ok, (await client.CreateAsync("/after")).Error);
        Assert.Empty(tree.Errors);
    }

    [Fact]
    public async Task A_multi_in_a_multi_and_one_without_end_are_refused_and_the_session_goes_on()
    {
        await using var tree = await TreeHarness.StartAsync(configure: o => o with { MaxMultiOperations = 100 });
        var client = await tree.ConnectAsync();
        var nested = await client.AskAsync(OpCode.Multi, writer =>
        {
            for (var depth = 0; depth < 50; depth++)
            {
                writer.WriteMultiHeader(OpCode.Multi, (TreeErrorCode)(-1));
            }

            writer.WriteMultiEnd();
        });
        Assert.Equal(TreeErrorCode.MarshallingError, nested.Error);
        var endless = await client.AskAsync(OpCode.Multi, writer =>
        {
            for (var i = 0; i < 101; i++)
            {
                writer.WriteMultiHeader(OpCode.Delete, (TreeErrorCode)(-1));
                PathAndNumber($"/none{i}", -1)(writer);
            }

            writer.WriteMultiEnd();
        });
        Assert.Equal(TreeErrorCode.MarshallingError, endless.Error);
        var reads = await client.AskAsync(OpCode.MultiRead, writer =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                writer.WriteMultiHeader(OpCode.Multi, (TreeErrorCode)(-1));
            }
        });
        Assert.Equal(TreeErrorCode.MarshallingError, reads.Error);
        Assert.Equal(TreeErrorCode.Ok, (await client.CreateAsync("/after")).Error);
        Assert.Empty(tree.Errors);
    }

    [Fact]
    public async Task A_handshake_that_does_not_come_to_its_end_is_given_up()
    {
        await using var tree = await TreeHarness.StartAsync(
            configure: o => o with { Net = o.Net with { FirstBytesMs = 100, FrameDeadlineMs = 100, TickMs = 20 } });
        var (_, silent) = tree.Accept();
        var (client, half) = tree.Accept();
        client.Raw.Send(Convert.FromHexString("0000002d0000"));
        await NetHarness.Until(() => silent.IsClosed && half.IsClosed);
        Assert.Empty(tree.Errors);
    }

    [Fact]
    public async Task Sessions_are_opened_no_faster_than_allowed_and_taken_up_again_at_any_time()
    {
        await using var tree = await TreeHarness.StartAsync(configure: o => o with { MaxNewSessionsPerSecond = 2 });
        var first = await tree.ConnectAsync();
        await tree.ConnectAsync();
        var (third, refused) = tree.Accept();
        third.SendConnect(10_000, 0, null, 0);
        await NetHarness.Until(() => refused.IsClosed);
        var (again, _) = tree.Accept();
        Assert.True(await again.ConnectAsync(10_000, first.SessionId, first.Password));
        Assert.Equal(TreeErrorCode.Ok, (await again.CreateAsync("/a")).Error);
    }

    [Fact]
    public void Watches_beyond_the_limits_are_refused_and_those_that_stand_go_on()
    {
        var table = new WatchTable(maxPerWatcher: 3, max: 5);
        Assert.All(["/a", "/b", "/c"], path => Assert.True(table.Add(1, WatchMode.Data, Encoding.ASCII.GetBytes(path))));
        Assert.False(table.Add(1, WatchMode.Data, "/d"u8));
        Assert.True(table.Add(1, WatchMode.Child, "/a"u8)); // a path that it watches already
        Assert.True(table.Add(2, WatchMode.Data, "/a"u8));
        Assert.False(table.Add(3, WatchMode.Data, "/a"u8));
        Assert.Equal([1, 2], table.Fire(WatchEventType.DataChanged, "/a"u8).ToArray());
        Assert.True(table.Add(3, WatchMode.Data, "/a"u8));
    }
}
