using System.Text;
using static Actors.Tests.Net.NetHarness;

namespace Actors.Tests.Net;

/// <summary>What is sent without having been asked for, first bytes that are no frame, and work that a burst of frames leaves to its end.</summary>
public sealed class UnaskedTests
{
    [Fact]
    public async Task What_nobody_asked_for_is_sent_at_once_also_while_a_reply_is_awaited()
    {
        await using var net = new NetHarness();
        var (connection, client) = net.Connect();
        client.Send(Frame("hold 1"));
        await Until(() => connection.Seen.Count == 1);
        connection.Tell("event");
        Assert.Equal("event", await ReceiveBytes(client, 5));
        connection.Held["hold 1"].Release(wake: true);
        Assert.Equal("hold 1", await ReceiveText(client));
    }

    [Fact]
    public async Task Replies_that_are_there_go_before_what_nobody_asked_for()
    {
        await using var net = new NetHarness();
        var (connection, client) = net.Connect();
        client.Send([.. Frame("hold 1"), .. Frame("echo 2")]);
        await Until(() => connection.Seen.Count == 2);
        connection.Held["hold 1"].Release(wake: false);
        connection.Tell("event");
        Assert.Equal("hold 1", await ReceiveText(client));
        Assert.Equal("echo 2", await ReceiveText(client));
        Assert.Equal("event", await ReceiveBytes(client, 5));
    }

    [Fact]
    public async Task A_connection_may_begin_with_something_that_is_no_frame()
    {
        await using var net = new NetHarness();
        var (connection, client) = net.Connect();
        client.Send("wo"u8);
        client.Send("rd"u8);
        Assert.Equal("gone", await ReceiveBytes(client, 4));
        await connection.Closed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Empty(connection.Seen);
    }

    [Fact]
    public async Task Only_the_first_bytes_are_looked_at_so()
    {
        await using var net = new NetHarness();
        var (connection, client) = net.Connect();
        client.Send(Frame("echo 1"));
        Assert.Equal("echo 1", await ReceiveText(client));
        client.Send("word"u8);
        await connection.Closed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken); // a frame of "word" bytes is too large
    }

    [Fact]
    public async Task Frames_that_came_together_are_one_burst()
    {
        await using var net = new NetHarness();
        var (connection, client) = net.Connect();
        client.Send([.. Frame("echo 1"), .. Frame("echo 2"), .. Frame("echo 3")]);
        Assert.Equal("echo 1", await ReceiveText(client));
        Assert.Equal("echo 2", await ReceiveText(client));
        Assert.Equal("echo 3", await ReceiveText(client));
        Assert.Equal([3], connection.Bursts);
    }

    private static async Task<string> ReceiveBytes(Actors.Net.Transports.InMemoryClient client, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        var bytes = new byte[count];
        await client.ReceiveExactlyAsync(bytes, patience.Token);
        return Encoding.ASCII.GetString(bytes);
    }
}
