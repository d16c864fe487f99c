using Actors.Model.Znodes;
using Actors.Tests.Net;
using Actors.ZooKeeper.Wire;
using static Actors.Tests.TreeListener.TreeClient;

namespace Actors.Tests.TreeListener;

/// <summary>What comes before what: ZooKeeper's guarantees to one session.</summary>
public sealed class OrderTests
{
    [Fact]
    public async Task Pipelined_requests_are_answered_in_order_and_reads_see_the_writes_before_them()
    {
        await using var tree = await TreeHarness.StartAsync();
        var client = await tree.ConnectAsync();
        await client.CreateAsync("/a", "0");
        for (var i = 1; i <= 300; i++)
        {
            client.Send(OpCode.SetData, SetData("/a", $"{i}"));
            client.Send(OpCode.GetData, Watchable("/a", false));
            client.Send(OpCode.Ping, xid: SpecialXids.Ping);
        }

        var zxid = 0L;
        for (var i = 1; i <= 300; i++)
        {
            var (set, get, ping) = (await client.ReceiveAsync(), await client.ReceiveAsync(), await client.ReceiveAsync());
            Assert.Equal((TreeErrorCode.Ok, $"{i}", SpecialXids.Ping), (set.Error, get.Text, ping.Xid));
            Assert.True(set.Zxid > zxid && get.Zxid == set.Zxid);
            zxid = set.Zxid;
        }
    }

    [Fact]
    public async Task An_event_comes_before_the_reply_of_the_write_that_caused_it()
    {
        await using var tree = await TreeHarness.StartAsync();
        var client = await tree.ConnectAsync();
        await client.CreateAsync("/a");
        await client.GetAsync("/a", watch: true);
        var xid = client.Send(OpCode.SetData, SetData("/a", "x"));
        var told = await client.ReceiveAsync();
        var reply = await client.ReceiveAsync();
        Assert.Equal((-1, WatchEventType.DataChanged, "/a"), (told.Xid, told.EventType, told.EventPath));
        Assert.Equal((xid, TreeErrorCode.Ok), (reply.Xid, reply.Error));
        Assert.Equal(reply.Zxid, told.Zxid);
    }

    [Fact]
    public async Task No_session_sees_a_new_state_before_its_event_nor_an_event_before_the_reply_that_registered_it()
    {
        await using var tree = await TreeHarness.StartAsync();
        var writer = await tree.ConnectAsync();
        await writer.CreateAsync("/a", "0");
        var watcher = await tree.ConnectAsync();
        var writing = Task.Run(async () =>
        {
            for (var i = 1; i <= 2_000; i++)
            {
                await writer.AskAsync(OpCode.SetData, SetData("/a", $"{i}"));
            }
        }, TestContext.Current.CancellationToken);
        const int Gets = 2_000;
        for (var i = 0; i < Gets; i++)
        {
            watcher.Send(OpCode.GetData, Watchable("/a", true));
        }

        var armed = false;
        var seen = "";
        for (var answered = 0; answered < Gets;)
        {
            var answer = await watcher.ReceiveAsync();
            if (answer.Xid == -1)
            {
                Assert.True(armed, "an event came before the reply that registered its watch");
                armed = false;
                continue;
            }

            Assert.True(!armed || answer.Text == seen, $"{answer.Text} was shown after {seen} without an event between them");
            (armed, seen) = (true, answer.Text);
            answered++;
        }

        await writing;
        Assert.Empty(tree.Errors);
    }

    [Fact]
    public async Task A_write_that_fails_takes_a_zxid_too()
    {
        await using var tree = await TreeHarness.StartAsync();
        var client = await tree.ConnectAsync();
        var made = await client.CreateAsync("/a");
        var twice = await client.CreateAsync("/a");
        var badVersion = await client.AskAsync(OpCode.SetData, SetData("/a", "x", version: 7));
        Assert.Equal((TreeErrorCode.NodeExists, made.Zxid + 1), (twice.Error, twice.Zxid));
        Assert.Equal((TreeErrorCode.BadVersion, made.Zxid + 2), (badVersion.Error, badVersion.Zxid));
        Assert.Equal(badVersion.Zxid, (await client.GetAsync("/a")).Zxid);
    }

    [Fact]
    public async Task A_write_that_cannot_be_read_is_told_so_and_the_session_goes_on()
    {
        await using var tree = await TreeHarness.StartAsync();
        var client = await tree.ConnectAsync();
        var before = await client.CreateAsync("/a");
        var broken = await client.AskAsync(OpCode.Create, writer => writer.WriteInt32(1_000));
        Assert.Equal((TreeErrorCode.MarshallingError, before.Zxid + 1), (broken.Error, broken.Zxid));
        Assert.Equal(TreeErrorCode.MarshallingError, (await client.AskAsync(OpCode.GetData, writer => writer.WriteInt32(1_000))).Error);
        Assert.Equal(TreeErrorCode.Ok, (await client.GetAsync("/a")).Error);
    }

    [Theory]
    [InlineData(99, TreeErrorCode.Unimplemented)]
    [InlineData(13, TreeErrorCode.Unimplemented)]
    public async Task What_is_not_served_is_answered_with_its_code_and_the_connection_closed(int type, TreeErrorCode error)
    {
        await using var tree = await TreeHarness.StartAsync();
        var (client, connection) = tree.Accept();
        await client.ConnectAsync();
        client.Send((OpCode)type, PathAndNumber("/", -1));
        Assert.Equal(error, (await client.ReceiveAsync()).Error);
        await NetHarness.Until(() => connection.IsClosed);
    }

    [Fact]
    public async Task A_sasl_request_is_answered_without_a_token_and_the_session_goes_on()
    {
        await using var tree = await TreeHarness.StartAsync();
        var client = await tree.ConnectAsync();
        var answer = await client.AskAsync(OpCode.Sasl, writer => writer.WriteString("token"));
        Assert.Equal((TreeErrorCode.Ok, 0L), (answer.Error, answer.Zxid));
        Assert.Equal("ffffffff", Convert.ToHexStringLower(answer.Body));
        Assert.Equal(TreeErrorCode.Ok, (await client.CreateAsync("/a")).Error);
    }

    [Fact]
    public async Task A_client_that_is_back_is_told_what_it_missed_before_its_watches_are_confirmed()
    {
        await using var tree = await TreeHarness.StartAsync();
        var client = await tree.ConnectAsync();
        await client.CreateAsync("/changed");
        await client.CreateAsync("/gone");
        var since = (await client.CreateAsync("/same")).Zxid;
        await client.AskAsync(OpCode.SetData, SetData("/changed", "x"));
        await client.AskAsync(OpCode.Delete, PathAndNumber("/gone", -1));
        await client.CreateAsync("/come");
        client.Send(
            OpCode.SetWatches,
            writer =>
            {
                writer.WriteInt64(since);
                foreach (var paths in (string[][])[["/changed", "/gone", "/same"], ["/come", "/never"], ["/same"]])
                {
                    writer.WriteInt32(paths.Length);
                    Array.ForEach(paths, writer.WriteString);
                }
            },
            SpecialXids.SetWatches);
        List<(WatchEventType, string)> told = [];
        Answer answer;
        while ((answer = await client.ReceiveAsync()).Xid == -1)
        {
            told.Add((answer.EventType, answer.EventPath));
        }

        Assert.Equal((SpecialXids.SetWatches, TreeErrorCode.Ok), (answer.Xid, answer.Error));
        Assert.Equal([(WatchEventType.DataChanged, "/changed"), (WatchEventType.Deleted, "/gone"), (WatchEventType.Created, "/come")], told);
        client.Send(OpCode.SetData, SetData("/same", "y"));
        Assert.Equal("/same", (await client.ReceiveAsync()).EventPath);
    }
}
