using System.Collections.Immutable;
using System.Text;
using Actors.Abstractions;
using Actors.Cluster.Sessions;
using Actors.Model.Znodes;

namespace Actors.Tests.Grains;

/// <summary>Znodes as grains: what an Orleans client without the SDK may rely on.</summary>
public sealed class TreeGrainTests(TreeSilo silo) : IClassFixture<TreeSilo>
{
    private readonly string _root = $"/t-{Guid.NewGuid():N}";

    private static CancellationToken Cancelled => GrainsCluster.Cancelled;

    [Fact]
    public async Task A_znode_is_created_read_set_listed_and_deleted()
    {
        var me = TreeCaller.Anonymous;
        var created = (await silo.Znode(_root).CreateAsync(me, new ZnodeSpec { Data = "a"u8.ToArray() }, Cancelled)).GetValueOrThrow();
        Assert.Equal(_root, created.Path);
        Assert.Equal(TreeErrorCode.NodeExists, (await silo.Znode(_root).CreateAsync(me, ZnodeSpec.Empty, Cancelled)).Error);

        var first = (await silo.Znode(_root).GetAsync(me, Cancelled)).GetValueOrThrow();
        Assert.Equal(("a", 0, created.Stat!.Value.Czxid), (first.Text, first.Stat.Version, first.Stat.Czxid));

        Assert.Equal(TreeErrorCode.BadVersion, (await silo.Znode(_root).SetAsync(me, "b"u8.ToArray(), 7, Cancelled)).Error);
        Assert.Equal(1, (await silo.Znode(_root).SetAsync(me, null, 0, Cancelled)).GetValueOrThrow().Stat!.Value.Version);
        Assert.Null((await silo.Znode(_root).GetAsync(me, Cancelled)).GetValueOrThrow().Data);

        foreach (var name in new[] { "c", "a", "b" })
        {
            Assert.True((await silo.Znode($"{_root}/{name}").CreateAsync(me, ZnodeSpec.Empty, Cancelled)).IsDone);
        }

        var all = (await silo.Znode(_root).GetChildrenAsync(me, null, Cancelled)).GetValueOrThrow();
        Assert.Equal(["a", "b", "c"], all.Names);
        Assert.False(all.HasMore);
        Assert.Equal(["c"], (await silo.Znode(_root).GetChildrenAsync(me, "b", Cancelled)).GetValueOrThrow().Names);

        Assert.Equal(TreeErrorCode.NotEmpty, (await silo.Znode(_root).DeleteAsync(me, cancellationToken: Cancelled)).Error);
        Assert.True((await silo.Znode($"{_root}/a").DeleteAsync(me, cancellationToken: Cancelled)).IsDone);
        Assert.Equal(TreeErrorCode.NoNode, (await silo.Znode($"{_root}/a").ExistsAsync(me, Cancelled)).Error);
    }

    [Fact]
    public async Task A_retried_create_is_done_once()
    {
        var me = await silo.OpenAsync() with { Operation = 1, LowestUnanswered = 1 };
        await silo.Znode(_root).CreateAsync(TreeCaller.Anonymous, ZnodeSpec.Empty, Cancelled);
        ImmutableArray<TreeWrite> writes =
        [
            TreeWrite.Of(ZnodeChange.Create($"{_root}/n-", new ZnodeSpec { Mode = CreateMode.EphemeralSequential })),
            TreeWrite.Of(ZnodeChange.Create($"{_root}/n-", new ZnodeSpec { Mode = CreateMode.EphemeralSequential })),
        ];

        var first = (await silo.Grain.WriteAsync(me, writes, Cancelled)).GetValueOrThrow();
        var again = (await silo.Grain.WriteAsync(me, writes, Cancelled)).GetValueOrThrow();

        Assert.Equal(first.Writes.Select(w => w.Changes[0].Znode), again.Writes.Select(w => w.Changes[0].Znode));
        Assert.Equal(
            ["n-0000000000", "n-0000000001"],
            (await silo.Znode(_root).GetChildrenAsync(me, null, Cancelled)).GetValueOrThrow().Names);
    }

    [Fact]
    public async Task A_failed_write_that_is_retried_fails_the_same_way_though_it_would_succeed_now()
    {
        var me = await silo.OpenAsync() with { Operation = 1, LowestUnanswered = 1 };

        Assert.Equal(TreeErrorCode.NoNode, (await silo.Znode($"{_root}/a").CreateAsync(me, ZnodeSpec.Empty, Cancelled)).Error);
        await silo.Znode(_root).CreateAsync(TreeCaller.Anonymous, ZnodeSpec.Empty, Cancelled);

        Assert.Equal(TreeErrorCode.NoNode, (await silo.Znode($"{_root}/a").CreateAsync(me, ZnodeSpec.Empty, Cancelled)).Error);
    }

    [Fact]
    public async Task More_writes_than_results_are_kept_of_are_busy_until_answers_are_acknowledged()
    {
        Assert.Equal(RetainedResults.MaxResults, TreeLimits.MaxOutstandingWrites);
        var me = await silo.OpenAsync();
        var writes = Enumerable.Range(0, 64).Select(i => TreeWrite.Of(ZnodeChange.Create($"{_root}-{i}", ZnodeSpec.Empty))).ToImmutableArray();
        Assert.All(
            (await silo.Grain.WriteAsync(me with { Operation = 1, LowestUnanswered = 1 }, writes, Cancelled)).GetValueOrThrow().Writes,
            w => Assert.Equal(TreeErrorCode.Ok, w.Error));

        Assert.Equal(
            AnswerKind.Busy,
            (await silo.Znode(_root).CreateAsync(me with { Operation = 65, LowestUnanswered = 1 }, ZnodeSpec.Empty, Cancelled)).Kind);
        Assert.True((await silo.Znode(_root).CreateAsync(me with { Operation = 65, LowestUnanswered = 2 }, ZnodeSpec.Empty, Cancelled)).IsDone);
    }

    [Fact]
    public async Task An_ephemeral_goes_with_its_session_when_nobody_speaks_for_it()
    {
        var me = await silo.OpenAsync(timeoutMs: 1);
        Assert.Equal(TreeSilo.MinTimeoutMs, (await silo.Grain.TouchAsync(me, Cancelled)).GetValueOrThrow().TimeoutMs);
        Assert.True((await silo.Znode(_root).CreateAsync(me, new ZnodeSpec { Mode = CreateMode.Ephemeral }, Cancelled)).IsDone);

        await silo.UntilExistsAsync(_root, exists: false);

        Assert.Equal(TreeErrorCode.SessionExpired, (await silo.Grain.TouchAsync(me, Cancelled)).Error);
        Assert.Equal(TreeErrorCode.SessionExpired, (await silo.Znode(_root).CreateAsync(me, ZnodeSpec.Empty, Cancelled)).Error);
    }

    [Fact]
    public async Task A_session_that_is_touched_lives_on_and_closing_it_takes_its_ephemerals()
    {
        var me = await silo.OpenAsync(timeoutMs: 1);
        Assert.True((await silo.Znode(_root).CreateAsync(me, new ZnodeSpec { Mode = CreateMode.Ephemeral }, Cancelled)).IsDone);
        for (var until = Environment.TickCount64 + (4 * TreeSilo.MinTimeoutMs); Environment.TickCount64 < until;)
        {
            Assert.True((await silo.Znode(_root).ExistsAsync(me, Cancelled)).IsDone); // every call in its name is a sign of life
        }

        Assert.True((await silo.Grain.CloseSessionAsync(me, Cancelled)).IsDone);
        Assert.Equal(TreeErrorCode.NoNode, (await silo.Znode(_root).ExistsAsync(TreeCaller.Anonymous, Cancelled)).Error);
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        var me = await silo.OpenAsync();
        foreach (var password in new ImmutableArray<byte>[] { [], default, [.. new byte[16]], [.. me.Password, 0], me.Password[..8] })
        {
            var answer = await silo.Znode(_root).CreateAsync(me with { Password = password }, ZnodeSpec.Empty, Cancelled);
            Assert.Equal((AnswerKind.Refused, TreeErrorCode.SessionExpired), (answer.Kind, answer.Error));
        }

        Assert.True((await silo.Grain.TouchAsync(me, Cancelled)).IsDone);
    }

    [Fact]
    public async Task An_ephemeral_without_a_session_is_refused()
    {
        var answer = await silo.Znode(_root).CreateAsync(TreeCaller.Anonymous, new ZnodeSpec { Mode = CreateMode.Ephemeral }, Cancelled);

        Assert.Equal((AnswerKind.Refused, TreeErrorCode.SessionExpired), (answer.Kind, answer.Error));
    }

    [Fact]
    public async Task Reading_and_writing_need_the_permission()
    {
        var secret = new TreeCredential("digest", [.. "ann:secret"u8]);
        var ann = TreeCaller.Anonymous with { Credentials = [secret] };
        var own = new ZnodeSpec { Acl = [new ZnodeAcl(ZnodePermissions.All, "auth", "")], Data = "x"u8.ToArray() };
        Assert.True((await silo.Znode(_root).CreateAsync(ann, own, Cancelled)).IsDone);

        Assert.Equal(TreeErrorCode.NoAuth, (await silo.Znode(_root).GetAsync(TreeCaller.Anonymous, Cancelled)).Error);
        Assert.Equal(TreeErrorCode.NoAuth, (await silo.Znode(_root).ExistsAsync(TreeCaller.Anonymous, Cancelled)).Error);
        Assert.Equal(TreeErrorCode.NoAuth, (await silo.Znode(_root).SetAsync(TreeCaller.Anonymous, null, -1, Cancelled)).Error);
        Assert.Equal("x", (await silo.Znode(_root).GetAsync(ann, Cancelled)).GetValueOrThrow().Text);
        var root = TreeCaller.Anonymous with { Credentials = [new TreeCredential("digest", [.. "super:admin"u8])] };
        Assert.Equal("x", (await silo.Znode(_root).GetAsync(root, Cancelled)).GetValueOrThrow().Text);

        Assert.Equal("digest", (await silo.Znode(_root).GetAclAsync(ann, Cancelled)).GetValueOrThrow().Entries.Single().Scheme);
        Assert.True((await silo.Znode(_root).SetAclAsync(ann, [ZnodeAcl.ReadOnly], cancellationToken: Cancelled)).IsDone);
        Assert.True((await silo.Znode(_root).GetAsync(TreeCaller.Anonymous, Cancelled)).IsDone);
    }

    [Fact]
    public async Task Credentials_that_are_none_are_refused()
    {
        var bad = new[] { new TreeCredential("x509", []), new TreeCredential("digest", default), new TreeCredential("digest", [.. new byte[10_000]]) };
        foreach (var credential in bad)
        {
            var answer = await silo.Znode("/").GetAsync(TreeCaller.Anonymous with { Credentials = [credential] }, Cancelled);
            Assert.Equal((AnswerKind.Refused, TreeErrorCode.AuthFailed), (answer.Kind, answer.Error));
        }
    }

    [Fact]
    public async Task A_multi_is_done_together_or_not_at_all()
    {
        var failed = await silo.Grain.MultiAsync(
            TreeCaller.Anonymous, [ZnodeChange.Create(_root, ZnodeSpec.Empty), ZnodeChange.Delete($"{_root}/none")], Cancelled);
        Assert.Equal((AnswerKind.Refused, TreeErrorCode.NoNode), (failed.Kind, failed.Error));
        Assert.Contains("Change 2 of 2", failed.Message, StringComparison.Ordinal);
        Assert.Equal(TreeErrorCode.NoNode, (await silo.Znode(_root).ExistsAsync(TreeCaller.Anonymous, Cancelled)).Error);

        var done = (await silo.Grain.MultiAsync(
            TreeCaller.Anonymous,
            [ZnodeChange.Create(_root, ZnodeSpec.Empty), ZnodeChange.Create($"{_root}/a", ZnodeSpec.Empty), ZnodeChange.Check($"{_root}/a", 0)],
            Cancelled)).GetValueOrThrow();
        Assert.Equal([_root, $"{_root}/a", $"{_root}/a"], done.Changes.Select(c => c.Znode!.Path));
        Assert.Equal(done.Zxid, done.Changes[1].Znode!.Stat!.Value.Czxid);
    }

    [Fact]
    public async Task Reads_of_one_call_see_one_state()
    {
        await silo.Znode(_root).CreateAsync(TreeCaller.Anonymous, new ZnodeSpec { Data = "x"u8.ToArray() }, Cancelled);
        var answer = await silo.Grain.ReadAsync(
            TreeCaller.Anonymous,
            [
                new(ZnodeReadKind.Data, _root), new(ZnodeReadKind.Exists, $"{_root}/no"), new(ZnodeReadKind.CountBelow, "/zookeeper"),
                new(ZnodeReadKind.Acl, _root),
            ],
            Cancelled);

        var reads = answer.GetValueOrThrow().Reads;
        Assert.Equal("x", Encoding.UTF8.GetString(reads[0].Data!.Value.Span));
        Assert.Equal(TreeErrorCode.NoNode, reads[1].Error);
        Assert.Equal(2, reads[2].Count);
        Assert.Equal(ZnodeAcl.Open, reads[3].Acl.Single());
    }

    [Fact]
    public async Task A_session_sees_its_own_ephemerals()
    {
        var me = await silo.OpenAsync();
        await silo.Znode(_root).CreateAsync(me, new ZnodeSpec { Mode = CreateMode.Ephemeral }, Cancelled);

        Assert.Equal([_root], (await silo.Grain.ReadAsync(me, [new(ZnodeReadKind.Ephemerals, "/")], Cancelled)).GetValueOrThrow().Reads[0].Names);
    }

    [Fact]
    public async Task A_zxid_in_the_future_is_busy_and_one_that_comes_is_waited_for()
    {
        var now = (await silo.Grain.SyncAsync(TreeCaller.Anonymous, Cancelled)).GetValueOrThrow().Zxid;
        Assert.Equal(AnswerKind.Busy, (await silo.Znode("/").GetAsync(TreeCaller.Anonymous with { LastZxid = now + 1_000_000 }, Cancelled)).Kind);

        var waiting = silo.Znode("/").GetAsync(TreeCaller.Anonymous with { LastZxid = silo.Tree.LastZxid + 1 }, Cancelled);
        await silo.Znode(_root).CreateAsync(TreeCaller.Anonymous, ZnodeSpec.Empty, Cancelled);

        Assert.True((await waiting).IsDone);
    }

    [Fact]
    public async Task A_client_sees_its_own_write()
    {
        var written = await silo.Znode(_root).CreateAsync(TreeCaller.Anonymous, new ZnodeSpec { Data = "w"u8.ToArray() }, Cancelled);

        var read = await silo.Znode(_root).GetAsync(TreeCaller.Anonymous with { LastZxid = written.Zxid }, Cancelled);

        Assert.Equal("w", read.GetValueOrThrow().Text);
        Assert.True(read.Zxid >= written.Zxid);
    }

    [Fact]
    public async Task Children_beyond_a_page_are_on_the_next_one()
    {
        await silo.Znode(_root).CreateAsync(TreeCaller.Anonymous, ZnodeSpec.Empty, Cancelled);
        var names = Enumerable.Range(0, 100).Select(i => $"child-{i:D3}").ToArray();
        await silo.Grain.MultiAsync(
            TreeCaller.Anonymous, [.. names.Reverse().Select(n => ZnodeChange.Create($"{_root}/{n}", ZnodeSpec.Empty))], Cancelled);

        var seen = new List<string>();
        for (string? after = null; ;)
        {
            var page = (await silo.Grain.ReadAsync(TreeCaller.Anonymous, [new(ZnodeReadKind.Children, _root, after, 7)], Cancelled))
                .GetValueOrThrow().Reads[0];
            seen.AddRange(page.Names);
            Assert.InRange(page.Names.Length, 1, 7);
            if (!page.HasMore)
            {
                break;
            }

            after = page.Names[^1];
        }

        Assert.Equal(names, seen);
    }

    [Fact]
    public async Task What_is_larger_than_a_write_may_be_is_refused_and_the_largest_goes_through()
    {
        var largest = new byte[TreeLimits.MaxWriteBytes - 256];
        Random.Shared.NextBytes(largest);
        Assert.True((await silo.Znode(_root).CreateAsync(TreeCaller.Anonymous, new ZnodeSpec { Data = largest }, Cancelled)).IsDone);
        Assert.Equal(largest, (await silo.Znode(_root).GetAsync(TreeCaller.Anonymous, Cancelled)).GetValueOrThrow().Data!.Value.ToArray());

        var answer = await silo.Znode(_root).SetAsync(TreeCaller.Anonymous, new byte[TreeLimits.MaxWriteBytes], -1, Cancelled);
        Assert.Equal((AnswerKind.Refused, TreeErrorCode.BadArguments), (answer.Kind, answer.Error));
    }

    [Fact]
    public async Task Containers_sequences_and_times_to_live_are_made()
    {
        await silo.Znode(_root).CreateAsync(TreeCaller.Anonymous, ZnodeSpec.Empty, Cancelled);
        var sequential = await silo.Znode($"{_root}/s-").CreateAsync(
            TreeCaller.Anonymous, new ZnodeSpec { Mode = CreateMode.PersistentSequential }, Cancelled);
        Assert.Equal($"{_root}/s-0000000000", sequential.GetValueOrThrow().Path);
        Assert.True((await silo.Znode($"{_root}/c").CreateAsync(TreeCaller.Anonymous, new ZnodeSpec { Mode = CreateMode.Container }, Cancelled)).IsDone);
        var lasting = new ZnodeSpec { Mode = CreateMode.PersistentWithTtl, TtlMs = 60_000 };
        Assert.True((await silo.Znode($"{_root}/t").CreateAsync(TreeCaller.Anonymous, lasting, Cancelled)).IsDone);
        var forever = lasting with { TtlMs = -1 };
        Assert.Equal(
            TreeErrorCode.BadArguments, (await silo.Znode($"{_root}/u").CreateAsync(TreeCaller.Anonymous, forever, Cancelled)).Error);
        Assert.True((await silo.Grain.GetStatusAsync(Cancelled)).GetValueOrThrow().Znodes >= 7);
    }
}
