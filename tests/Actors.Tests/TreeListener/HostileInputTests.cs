using System.Text;
using Actors.Model.Znodes;
using Actors.Tests.Net;
using Actors.ZooKeeper.Wire;
using static Actors.Tests.TreeListener.TreeClient;

namespace Actors.Tests.TreeListener;

/// <summary>Bad bytes end their own connection and nothing else. A fault of ours would be logged as an error: there must be none.</summary>
public sealed class HostileInputTests
{
    [Fact]
    public async Task Mutated_requests_never_cost_more_than_their_connection()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var tree = await TreeHarness.StartAsync();
        var healthy = await tree.ConnectAsync();
        (OpCode, Action<JuteWriter>)[] requests =
        [
            (OpCode.Create, Create("/a", "data")), (OpCode.SetData, SetData("/a", "data")), (OpCode.Delete, PathAndNumber("/a", -1)),
            (OpCode.GetData, Watchable("/a", true)), (OpCode.GetChildren2, Watchable("/", true)), (OpCode.AddWatch, PathAndNumber("/", 1)),
            (OpCode.Multi, Multi), (OpCode.MultiRead, Multi), (OpCode.SetWatches2, writer => writer.WriteInt64(1)), (OpCode.WhoAmI, _ => { }),
        ];
        for (var round = 0; round < 1_500; round++)
        {
            var (client, connection) = tree.Accept();
            await client.ConnectAsync();
            var (type, body) = requests[random.Next(requests.Length)];
            client.Send(random.Next(8) == 0 ? (OpCode)random.Next(-12, 110) : type, writer =>
            {
                body(writer);
                var bytes = writer.Written.ToArray();
                writer.Reset(12);
                for (var i = random.Next(4); i > 0 && bytes.Length > 12; i--)
                {
                    bytes[random.Next(12, bytes.Length)] = (byte)random.Next(256);
                }

                writer.WriteRaw(bytes.AsSpan(12, random.Next(3) == 0 ? random.Next(bytes.Length - 11) : bytes.Length - 12));
            });
            client.Raw.CloseSending();
            await NetHarness.Until(() => connection.IsClosed);
            Assert.True(tree.Errors.Count == 0, $"seed {seed}: {tree.Errors.FirstOrDefault()}");
            if (round % 100 == 0)
            {
                Assert.Equal(TreeErrorCode.Ok, (await healthy.CreateAsync($"/healthy-{round}")).Error);
            }
        }
    }

    [Theory]
    [InlineData("ffffffff")]
    [InlineData("7fffffff")]
    [InlineData("00100000")]
    [InlineData("00000004" + "00000000")]
    public async Task A_first_frame_that_is_none_ends_the_connection(string hex)
    {
        await using var tree = await TreeHarness.StartAsync();
        var (client, connection) = tree.Accept();
        client.Raw.Send(Convert.FromHexString(hex));
        client.Raw.CloseSending();
        await NetHarness.Until(() => connection.IsClosed);
        Assert.Empty(tree.Errors);
    }

    [Fact]
    public async Task A_client_that_adds_identities_without_end_is_cut_off()
    {
        await using var tree = await TreeHarness.StartAsync(configure: o => o with { MaxIdentities = 10 });
        var (client, connection) = tree.Accept();
        await client.ConnectAsync();
        for (var i = 0; i < 9; i++)
        {
            client.Send(OpCode.Auth, Auth("digest", $"user{i}:x"), SpecialXids.Auth);
            Assert.Equal(TreeErrorCode.Ok, (await client.ReceiveAsync()).Error); // with the address ten
        }

        client.Send(OpCode.Auth, Auth("digest", "one more:x"), SpecialXids.Auth);
        await NetHarness.Until(() => connection.IsClosed);
    }

    [Fact]
    public async Task A_command_larger_than_any_batch_ends_its_connection_and_nothing_else()
    {
        await using var tree = await TreeHarness.StartAsync();
        var healthy = await tree.ConnectAsync();
        var (client, connection) = tree.Accept(windowBytes: 8 << 20);
        await client.ConnectAsync();
        client.Send(OpCode.Auth, Auth("digest", new string('u', 900_000) + ":x"), SpecialXids.Auth);
        Assert.Equal(TreeErrorCode.Ok, (await client.ReceiveAsync()).Error);
        client.Send(OpCode.Create, Create("/large", new string('d', 900_000)));
        await NetHarness.Until(() => connection.IsClosed);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(TreeErrorCode.Ok, (await healthy.CreateAsync($"/a{i}")).Error);
        }

        Assert.Equal(TreeErrorCode.NoNode, (await healthy.GetAsync("/large")).Error);
        Assert.Null(tree.Host.Fault);
        Assert.Empty(tree.Errors);
    }

    [Fact]
    public async Task A_client_that_does_not_read_its_events_is_cut_off_and_costs_no_more_than_the_limit()
    {
        await using var tree = await TreeHarness.StartAsync(configure: o => o with { MaxQueuedEventBytes = 100_000 });
        var writer = await tree.ConnectAsync();
        var path = "/" + new string('p', 60_000);
        await writer.CreateAsync(path);
        var (client, connection) = tree.Accept();
        await client.ConnectAsync();
        Assert.Equal(TreeErrorCode.Ok, (await client.AskAsync(OpCode.AddWatch, PathAndNumber(path, 0))).Error);
        for (var i = 0; i < 500 && !connection.IsClosed; i++)
        {
            Assert.Equal(TreeErrorCode.Ok, (await writer.AskAsync(OpCode.SetData, SetData(path, $"{i}"))).Error);
        }

        await NetHarness.Until(() => connection.IsClosed);
    }

    [Fact]
    public async Task An_access_list_is_kept_against_those_who_do_not_prove_who_they_are()
    {
        await using var tree = await TreeHarness.StartAsync();
        var owner = await tree.ConnectAsync();
        owner.Send(OpCode.Auth, Auth("digest", "ann:secret"), SpecialXids.Auth);
        Assert.Equal((SpecialXids.Auth, TreeErrorCode.Ok), ((await owner.ReceiveAsync()) is var ok ? ok.Xid : 0, ok.Error));
        var made = await owner.AskAsync(OpCode.Create, writer =>
        {
            writer.WriteString("/mine");
            writer.WriteString("x");
            writer.WriteInt32(1);
            writer.WriteInt32((int)ZnodePermissions.All);
            writer.WriteString("auth");
            writer.WriteString("");
            writer.WriteInt32(0);
        });
        Assert.Equal(TreeErrorCode.Ok, made.Error);
        var other = await tree.ConnectAsync();
        Assert.Equal(TreeErrorCode.NoAuth, (await other.GetAsync("/mine")).Error);
        Assert.Equal("x", (await owner.GetAsync("/mine")).Text);
    }

    [Fact]
    public async Task A_scheme_nobody_knows_is_refused_and_the_connection_closed()
    {
        await using var tree = await TreeHarness.StartAsync();
        var (client, connection) = tree.Accept();
        await client.ConnectAsync();
        client.Send(OpCode.Auth, Auth("nonsense", "x"), SpecialXids.Auth);
        Assert.Equal(TreeErrorCode.AuthFailed, (await client.ReceiveAsync()).Error);
        await NetHarness.Until(() => connection.IsClosed);
    }

    [Theory]
    [InlineData("ruok", "imok")]
    [InlineData("isro", "rw")]
    [InlineData("srvr", "Mode: standalone")]
    [InlineData("mntr", "zk_znode_count\t")]
    [InlineData("conf", "clientPort=")]
    public async Task A_four_letter_word_is_answered_with_text_and_the_connection_closed(string word, string expected)
    {
        await using var tree = await TreeHarness.StartAsync();
        var (client, connection) = tree.Accept();
        client.Raw.Send(Encoding.ASCII.GetBytes(word));
        await NetHarness.Until(() => connection.IsClosed);
        var bytes = new byte[client.Raw.ReceivedBytes];
        await client.Raw.ReceiveExactlyAsync(bytes, TestContext.Current.CancellationToken);
        Assert.Contains(expected, Encoding.ASCII.GetString(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_word_that_is_not_allowed_is_told_so()
    {
        await using var tree = await TreeHarness.StartAsync(configure: o => o with { FourLetterWords = ["srvr"] });
        var (client, connection) = tree.Accept();
        client.Raw.Send("ruok"u8);
        await NetHarness.Until(() => connection.IsClosed);
        var bytes = new byte[client.Raw.ReceivedBytes];
        await client.Raw.ReceiveExactlyAsync(bytes, TestContext.Current.CancellationToken);
        Assert.Equal("ruok is not executed because it is not in the whitelist.\n", Encoding.ASCII.GetString(bytes));
    }

    private static Action<JuteWriter> Auth(string scheme, string credentials) => writer =>
    {
        writer.WriteInt32(0);
        writer.WriteString(scheme);
        writer.WriteString(credentials);
    };

    private static void Multi(JuteWriter writer)
    {
        writer.WriteMultiHeader(OpCode.Create, (TreeErrorCode)(-1));
        Create("/m")(writer);
        writer.WriteMultiHeader(OpCode.Delete, (TreeErrorCode)(-1));
        PathAndNumber("/m", -1)(writer);
        writer.WriteMultiEnd();
    }
}
