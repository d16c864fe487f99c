using static Actors.Tests.Net.NetHarness;

namespace Actors.Tests.Net;

/// <summary>Replies that are sent by whoever completes them, without a turn of the connection's own.</summary>
public sealed class SendHereTests
{
    [Fact]
    public async Task A_reply_is_sent_by_whoever_completes_it_if_nobody_has_the_turn()
    {
        await using var net = new NetHarness();
        var (connection, client) = net.Connect();
        for (var i = 0; i < 1000; i++)
        {
            var reply = await Hold(connection, client, i);
            reply.Release(wake: false);
            var here = Environment.CurrentManagedThreadId;
            connection.WakeAndSend(); // now and then the turn that took the frame has not ended yet
            Assert.Equal($"hold {i}", await ReceiveText(client));
            if (reply.WrittenBy == here)
            {
                return;
            }
        }

        Assert.Fail("Not one of a thousand replies was sent by the thread that completed it.");
    }

    [Fact]
    public async Task What_comes_while_replies_are_sent_elsewhere_is_answered_in_order()
    {
        await using var net = new NetHarness();
        var (connection, client) = net.Connect();
        var releasing = Task.Run(async () =>
        {
            for (var i = 0; i < 2000; i++)
            {
                EchoReply? reply = null;
                await Until(() => connection.Held.TryRemove($"hold {i}", out reply));
                reply!.Release(wake: false);
                connection.WakeAndSend();
            }
        }, TestContext.Current.CancellationToken);
        for (var i = 0; i < 2000; i++)
        {
            client.Send([.. Frame($"hold {i}"), .. Frame($"echo {i}")]);
            if (i % 3 == 2)
            {
                for (var j = i - 2; j <= i; j++)
                {
                    Assert.Equal($"hold {j}", await ReceiveText(client));
                    Assert.Equal($"echo {j}", await ReceiveText(client));
                }
            }
        }

        await releasing;
    }

    [Fact]
    public async Task Paused_frames_get_a_turn_of_their_own()
    {
        await using var net = new NetHarness();
        var (connection, client) = net.Connect();
        client.Send([.. Frame("pause"), .. Frame("echo 1")]);
        await Until(() => connection.Held.ContainsKey("pause"));
        connection.WakeAndSend();
        connection.Held["pause"].Release(wake: true);
        connection.WakeAndSend();
        Assert.Equal("pause", await ReceiveText(client));
        Assert.Equal("echo 1", await ReceiveText(client));
    }

    private static async Task<EchoReply> Hold(TestConnection connection, Actors.Net.Transports.InMemoryClient client, int number)
    {
        client.Send(Frame($"hold {number}"));
        EchoReply? reply = null;
        await Until(() => connection.Held.TryGetValue($"hold {number}", out reply));
        return reply!;
    }
}
