using System.Text;
using Actors.Cluster;
using Actors.Cluster.Commands;
using Actors.Cluster.Sessions;
using Actors.Cluster.Snapshots;
using Actors.Cluster.Znodes;
using Actors.Model.Znodes;

namespace Actors.Tests.Znodes;

/// <summary>What the random commands do not reach: owners, numbers that wrap, settings, expiry, damage.</summary>
public sealed class TreeMachineTests
{
    private const long Session = 0x0100_0000_0000_0001;

    [Fact]
    public void A_new_tree_is_ZooKeepers_new_tree()
    {
        var tree = new ClusterMachine().Tree;
        Assert.Equal(4, tree.ZnodeCount);
        tree.Exists("/"u8, TreeLog.Nobody, out var root);
        Assert.Equal((-1, 1, 0), (root.Cversion, root.ChildCount, root.DataLengthBytes));
        tree.GetAcl("/zookeeper/config"u8, TreeLog.Nobody, out var acl, out var config);
        Assert.Equal([ZnodeAcl.ReadOnly], acl);
        Assert.Equal(-1, config.Aversion);
    }

    [Fact]
    public void A_closed_sessions_ephemerals_go_at_one_zxid_in_ordinal_order()
    {
        var log = TreeLog.WithSession(Session);
        log.CreateSession(Session + 1);
        foreach (var path in (string[])["/b", "/a", "/c"])
        {
            Assert.Equal(TreeErrorCode.Ok, log.Create(path, path == "/c" ? Session + 1 : Session, flags: 1));
        }

        Assert.Equal(TreeErrorCode.Ok, log.CloseSession(Session));
        Assert.Equal(["Deleted /a", "ChildrenChanged /", "Deleted /b", "ChildrenChanged /"], log.Events);
        log.Tree.Exists("/"u8, TreeLog.Nobody, out var root);
        Assert.Equal(log.Machine.LastZxid.Value, root.Pzxid);
        Assert.Equal(1, log.Tree.EphemeralCount);
        Assert.Equal(TreeErrorCode.SessionExpired, log.Create("/d", Session));
        Assert.Equal(TreeErrorCode.SessionExpired, log.CloseSession(Session));
    }

    [Fact]
    public void A_command_of_a_connection_that_lost_the_session_is_refused()
    {
        var log = new TreeLog();
        log.CreateSession(Session, connection: 5);
        Assert.Equal(TreeErrorCode.Ok, log.Create("/a", Session, connection: 5));
        Assert.Equal(TreeErrorCode.Ok, log.MoveSession(Session, connection: 6, timeoutMs: 7_000));
        Assert.Equal(TreeErrorCode.SessionMoved, log.Create("/b", Session, connection: 5));
        Assert.Equal(TreeErrorCode.SessionMoved, log.CloseSession(Session, connection: 5));
        Assert.Equal(TreeErrorCode.SessionMoved, log.Expire(Session, -1, 5));
        Assert.True(log.Tree.Sessions.TryGet(Session, out var session));
        Assert.Equal((7_000, 6L), (session.TimeoutMs, session.OwnerConnection));
        Assert.Equal(TreeErrorCode.Ok, log.Expire(Session, -1, 6));
        Assert.Equal(0, log.Tree.Sessions.Count);
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(long.MinValue)]
    [InlineData(-1L)]
    public void A_session_id_that_looks_like_a_kind_of_znode_is_refused(long id) =>
        Assert.Equal(TreeErrorCode.BadArguments, new TreeLog().CreateSession(id));

    [Fact]
    public void Numbers_follow_creations_and_not_children()
    {
        var log = TreeLog.WithSession(Session);
        log.Create("/q", Session);
        log.Create("/q/a-", Session, flags: 2);
        Assert.Equal("/q/a-0000000000", log.Made);
        log.Delete("/q/a-0000000000", Session);
        log.Create("/q/", Session, flags: 3);
        Assert.Equal("/q/0000000001", log.Made);
        log.Tree.Exists("/q"u8, TreeLog.Nobody, out var stat);
        Assert.Equal((3, 1), (stat.Cversion, stat.ChildCount));
    }

    [Fact]
    public void What_the_cluster_switched_off_is_refused()
    {
        var log = TreeLog.WithSession(Session);
        Assert.Equal(TreeErrorCode.Ok, log.Change(new TreeSettings(SkipAcl: true, EnforceQuota: false, ExtendedTypes: false, "super:x")));
        Assert.Equal(TreeErrorCode.Unimplemented, log.Create("/t", Session, flags: 5, ttlMs: 5));
        Assert.Equal(TreeErrorCode.Ok, log.Create("/ro", Session, acl: [ZnodeAcl.ReadOnly]));
        Assert.Equal(TreeErrorCode.Ok, log.Set("/ro", Session, "may, since access lists are skipped"));
        log.Create("/zookeeper/quota/ro", Session);
        log.Create("/zookeeper/quota/ro/zookeeper_limits", Session, data: "count=1,bytes=1=;byteHardLimit=1;countHardLimit=1");
        log.Create("/zookeeper/quota/ro/zookeeper_stats", Session);
        Assert.Equal(TreeErrorCode.Ok, log.Create("/ro/more", Session));
        log.Change(TreeSettings.Default);
        Assert.Equal(TreeErrorCode.NoAuth, log.Create("/ro/c", Session));
    }

    [Fact]
    public void Containers_and_znodes_whose_time_is_over_are_found_and_deleted_unless_they_changed()
    {
        var log = TreeLog.WithSession(Session);
        log.Create("/c", Session, flags: 4);
        log.Create("/c/x", Session);
        log.Create("/t", Session, flags: 5, ttlMs: 50);
        log.Create("/p", Session);
        Assert.Empty(Find(log, log.TimeMs));
        log.Delete("/c/x", Session);
        var found = Find(log, log.TimeMs + 100);
        Assert.Equal(["/c", "/t"], found.Select(f => Encoding.UTF8.GetString(f.Path)));
        log.Set("/t", Session, "touched");
        Assert.Equal(TreeErrorCode.BadVersion, log.DeleteExpired(found[1]));
        Assert.Equal(TreeErrorCode.Ok, log.DeleteExpired(found[0]));
        Assert.Equal(["Deleted /c", "ChildrenChanged /"], log.Events);
        log.Create("/p2", Session);
        var zxid = log.Machine.LastZxid.Value;
        Assert.Equal(TreeErrorCode.BadVersion, log.DeleteExpired(new ExpiredZnode("/p2"u8.ToArray(), zxid, zxid)));
    }

    [Fact]
    public void A_numbered_operation_is_done_once_also_after_a_snapshot()
    {
        var log = TreeLog.WithSession(Session);
        var op = new TreeOp(CommandKind.CreateZnode, "/n-", [1], -1, 2, -1, [ZnodeAcl.Open]);
        Assert.Equal(TreeErrorCode.Ok, log.DoNumbered(op, Session, 1, 1));
        var (made, stat) = (log.Made, log.Outcome.Results[0].Stat);
        Assert.Equal(TreeErrorCode.NoNode, log.DoNumbered(op with { Path = "/none/x" }, Session, 2, 1));
        Assert.Equal(TreeErrorCode.Ok, log.DoNumbered(op, Session, 1, 1));
        Assert.Equal((made, stat, 0), (log.Made, log.Outcome.Results[0].Stat, log.Outcome.Changes.Length));
        log.Create("/none", Session);
        Assert.Equal(TreeErrorCode.NoNode, log.DoNumbered(op with { Path = "/none/x" }, Session, 2, 1));
        var loaded = ClusterSnapshot.TryLoad(log.Machine.TakeSnapshot().Encode(), out var reason);
        Assert.True(loaded is not null, reason);
        Assert.Equal(log.Machine.Digest, loaded.Digest);
        Assert.True(loaded.Tree.Sessions.TryGet(Session, out var session));
        Assert.Equal(2, session.Results!.Count);
        Assert.Equal(TreeErrorCode.Ok, log.DoNumbered(op, Session, 3, 3));
        Assert.Equal(TreeErrorCode.RuntimeInconsistency, log.DoNumbered(op, Session, 1, 3));
        for (var i = 4; i < 3 + RetainedResults.MaxResults; i++)
        {
            Assert.Equal(TreeErrorCode.Ok, log.DoNumbered(op, Session, i, 3));
        }

        Assert.Equal(TreeErrorCode.ThrottledOp, log.DoNumbered(op, Session, 1_000, 3));
        Assert.Equal(TreeErrorCode.Ok, log.DoNumbered(op, Session, 1_000, 4));
    }

    [Fact]
    public void The_index_finds_everything_while_it_grows()
    {
        var log = TreeLog.WithSession(Session);
        for (var i = 0; i < 3_000; i++)
        {
            log.Create($"/n{i}", Session);
            if (i % 3 == 2)
            {
                Assert.Equal(TreeErrorCode.Ok, log.Delete($"/n{i - 1}", Session));
            }

            Assert.Equal(TreeErrorCode.Ok, log.Tree.Exists(Encoding.UTF8.GetBytes($"/n{i / 2 / 3 * 3}"), TreeLog.Nobody, out _));
        }

        for (var i = 0; i < 3_000; i++)
        {
            var expected = i % 3 == 1 ? TreeErrorCode.NoNode : TreeErrorCode.Ok;
            Assert.Equal(expected, log.Tree.Exists(Encoding.UTF8.GetBytes($"/n{i}"), TreeLog.Nobody, out _));
        }
    }

    [Fact]
    public void A_digest_is_shown_to_those_who_may_set_the_list_only()
    {
        var log = TreeLog.WithSession(Session);
        log.Create("/a", Session, acl: [new(ZnodePermissions.All, "digest", "u:hash"), ZnodeAcl.ReadOnly]);
        log.Tree.GetAcl("/a"u8, TreeLog.Nobody, out var hidden, out _);
        Assert.Equal("u:x", hidden[0].Id);
        log.Tree.GetAcl("/a"u8, [new("digest", "u:hash")], out var shown, out _);
        Assert.Equal("u:hash", shown[0].Id);
    }

    [Theory]
    [InlineData("10.1.2.3", "10.1.0.0/16", true)]
    [InlineData("10.2.2.3", "10.1.0.0/16", false)]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("fe80::1", "fe80::/10", true)]
    [InlineData("fe80::1", "10.1.2.3", false)]
    public void Addresses_match_by_their_bits(string address, string list, bool may)
    {
        var log = TreeLog.WithSession(Session);
        Assert.Equal(TreeErrorCode.Ok, log.Create("/a", Session, acl: [new(ZnodePermissions.All, "ip", list)]));
        Assert.Equal(may ? TreeErrorCode.Ok : TreeErrorCode.NoAuth, log.Set("/a", Session, "x", caller: [new("ip", address)]));
    }

    [Theory]
    [InlineData("10.1.2")]
    [InlineData("10.1.2.3/33")]
    [InlineData("10.1.2.256")]
    [InlineData("")]
    public void Addresses_that_are_none_make_no_list(string address) =>
        Assert.Equal(TreeErrorCode.InvalidAcl, TreeLog.WithSession(Session).Create("/a", Session, acl: [new(ZnodePermissions.All, "ip", address)]));

    [Fact]
    public void Damaged_commands_are_outcomes_and_change_nothing()
    {
        var log = TreeLog.WithSession(Session);
        log.Create("/a", Session, data: "data", caller: [new("digest", "u:h")]);
        var good = log.Commands[^1];
        var digest = log.Tree.Digest;
        for (var length = 3; length < good.Length; length++)
        {
            Assert.Equal(TreeErrorCode.MarshallingError, log.AppendRaw(good[..length]));
        }

        Assert.Equal(TreeErrorCode.MarshallingError, log.AppendRaw([.. good, 0]));
        Assert.Equal(digest, log.Tree.Digest);
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var mutated = (byte[])good.Clone();
            mutated[random.Next(2, good.Length)] ^= (byte)(1 << random.Next(8));
            log.AppendRaw(mutated);
        }
    }

    [Fact]
    public void A_snapshot_of_the_cluster_holds_the_tree_and_is_loaded_or_refused_whole()
    {
        var log = TreeLog.WithSession(Session);
        log.Create("/a", Session, data: null);
        log.Create("/a/e", Session, flags: 1, data: new string('x', 40_000));
        log.Delete("/a/e", Session);
        log.Create("/a/f", Session, flags: 1);
        var bytes = log.Machine.TakeSnapshot().Encode();
        var machine = ClusterSnapshot.TryLoad(bytes, out var reason);
        Assert.True(machine is not null, reason);
        Assert.Equal(log.Machine.Digest, machine.Digest);
        Assert.Equal(1, machine.Tree.Sessions.All.Single().EphemeralCount);
        for (var i = 0; i < bytes.Length; i += 3)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[i] ^= 0x10;
            Assert.Null(ClusterSnapshot.TryLoad(damaged, out _));
        }
    }

    private static List<ExpiredZnode> Find(TreeLog log, long nowMs)
    {
        var found = new List<ExpiredZnode>();
        var cursor = 0;
        do
        {
            log.Tree.FindExpired(ref cursor, 2, nowMs, neverUsedMs: 300_000, found);
        }
        while (cursor != 0);

        return found;
    }
}
