using System.Text;
using Actors.Cluster;
using Actors.Cluster.Commands;
using Actors.Cluster.Snapshots;
using Actors.Cluster.Znodes;
using Actors.Model;
using Actors.Model.Machines;
using Actors.Model.Znodes;
using CsCheck;

namespace Actors.Tests.Znodes;

/// <summary>Random commands: outcomes, events and state are the model's; replay and snapshots come to the same state.</summary>
public sealed class TreePropertyTests
{
    private static readonly string[] s_paths =
    [
        "/a", "/b", "/a/x", "/a/y", "/a/x/deep", "/b/c", "/a/", "/", "//", "/a/./b", "nope", "/a/x/", "/zookeeper", "/zookeeper/config",
        "/zookeeper/quota/a", "/zookeeper/quota/a/zookeeper_limits", "/zookeeper/quota/a/zookeeper_stats", "/zookeeper/quota/zookeeper_limits",
    ];

    private static readonly IReadOnlyList<ZnodeIdentity>[] s_callers =
    [
        [new("ip", "127.0.0.1")],
        [new("ip", "127.0.0.1"), new("digest", "u:h")],
        [new("ip", "10.0.0.1"), new("digest", "v:h"), new("digest", "u:h")],
        [new("super", "x")],
    ];

    private static readonly IReadOnlyList<ZnodeAcl>?[] s_acls =
    [
        [ZnodeAcl.Open], [ZnodeAcl.Open], [ZnodeAcl.Open], [ZnodeAcl.Open], [ZnodeAcl.ReadOnly],
        [new(ZnodePermissions.All, "auth", "")], [new(ZnodePermissions.All, "digest", "u:h"), ZnodeAcl.ReadOnly], [new(ZnodePermissions.All, "digest", "bad")],
        [], null, [ZnodeAcl.Open, ZnodeAcl.Open], [new(ZnodePermissions.Create, "world", "anyone")], [new(ZnodePermissions.All, "ip", "127.0.0.1")],
        [new(ZnodePermissions.All, "who", "x")],
    ];

    private static readonly string?[] s_data =
        ["", "d", "data", null, "countHardLimit=3", "byteHardLimit=9", "count=1,bytes=2=;byteHardLimit=9;countHardLimit=4"];

    private static readonly Gen<TreeOp> s_op =
        from kind in OneOf(
            CommandKind.CreateZnode, CommandKind.CreateZnode, CommandKind.CreateZnode, CommandKind.DeleteZnode, CommandKind.SetZnodeData,
            CommandKind.SetZnodeAcl, CommandKind.CheckZnode)
        from path in OneOf(s_paths)
        from data in Gen.Int[0, s_data.Length - 1]
        from version in OneOf(-1, -1, -1, 0, 1)
        from flags in OneOf(0, 0, 0, 1, 2, 3, 4, 5, 6, 7)
        from ttl in OneOf(-1L, -1L, -1L, 5L, 0L)
        from acl in Gen.Int[0, s_acls.Length - 1]
        select new TreeOp(kind, path, s_data[data] is { } text ? Encoding.UTF8.GetBytes(text) : null, version, flags, ttl, s_acls[acl]);

    private static readonly Gen<Step> s_step =
        from what in Gen.Int[0, 19]
        from session in Gen.Long[1, 3]
        from caller in Gen.Int[0, s_callers.Length - 1]
        from ops in s_op.Array[1, 4]
        select new Step(what, session, caller, ops);

    [Fact]
    public void Outcomes_events_and_state_are_those_of_the_model() =>
        s_step.Array[1, 60].Sample(Run, iter: 800, threads: 2);

    [Fact]
    public void An_image_written_in_slices_while_commands_go_on_is_the_state_at_its_beginning() =>
        Gen.Select(s_step.Array[1, 40], s_step.Array[1, 40], Gen.Int[1, 7]).Sample((before, during, slots) =>
        {
            var log = new TreeLog();
            Array.ForEach(before, step => Apply(log, null, step));
            var digest = log.Machine.Digest;
            var snapshot = log.Machine.BeginSnapshot();
            var bytes = new CommandWriter();
            bytes.WriteRaw(snapshot.EncodeHead());
            var slice = new CommandWriter(1);
            var more = true;
            for (var i = 0; more; i++)
            {
                if (i < during.Length)
                {
                    Apply(log, null, during[i]);
                }

                more = snapshot.TakeSlice(slots, slice);
                bytes.WriteRaw(slice.Written);
            }

            bytes.WriteRaw(ClusterSnapshot.EncodeTail(Crc32C.Update(~0u, bytes.Written)));
            var loaded = ClusterSnapshot.TryLoad(bytes.Written, out var reason);
            Assert.True(loaded is not null, reason);
            Assert.Equal(digest, loaded.Digest);
        }, iter: 800, threads: 2);

    private static Gen<T> OneOf<T>(params T[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    private static void Run(Step[] steps)
    {
        var log = new TreeLog();
        var model = new TreeModel();
        foreach (var step in steps)
        {
            Apply(log, model, step);
            Assert.Equal(model.Events, log.Events);
        }

        Compare(model, log.Tree);
        PathIndexKey.Current = new PathIndexKey((ulong)steps.Length * 0x9E37_79B1, 7); // another process's: no outcome depends on it
        var again = new ClusterMachine();
        Effects<ClusterEvent> events = default;
        for (var i = 0; i < log.Commands.Count; i++)
        {
            events.Clear();
            again.Apply(log.Commands[i], new CommandPlace(i, (i + 1) * 10, -1), ref events);
        }

        Assert.Equal(log.Machine.Digest, again.Digest);
        Assert.Equal(log.Machine.LastZxid, again.LastZxid);
    }

    private static void Apply(TreeLog log, TreeModel? model, Step step)
    {
        var zxid = log.Machine.LastZxid.Value + 1;
        var timeMs = log.TimeMs + 10;
        var caller = s_callers[step.Caller];
        switch (step.What)
        {
            case < 3:
                var isNew = model?.Sessions.Add(step.Session);
                model?.Events.Clear();
                var created = log.CreateSession(step.Session);
                Assert.True(model is null || created == (isNew == true ? TreeErrorCode.Ok : TreeErrorCode.BadArguments));
                break;
            case 3:
                var known = model?.Sessions.Contains(step.Session);
                model?.Close(step.Session, zxid);
                var closed = log.CloseSession(step.Session);
                Assert.True(model is null || closed == (known == true ? TreeErrorCode.Ok : TreeErrorCode.SessionExpired));
                break;
            case < 8:
                if (model is null || model.Sessions.Contains(step.Session))
                {
                    var errors = log.Multi(step.Ops, step.Session, caller);
                    Assert.Equal(model?.Multi(step.Ops, step.Session, caller, zxid, timeMs) ?? errors, errors);
                }
                else
                {
                    log.CloseSession(99); // nothing happens
                    model.Events.Clear();
                }

                break;
            default:
                var op = step.Ops[0] is { Kind: CommandKind.CheckZnode } check ? check with { Kind = CommandKind.SetZnodeData } : step.Ops[0];
                var error = log.Do(op, step.Session, caller);
                if (model is not null)
                {
                    var expected = model.Apply(op, step.Session, caller, zxid, timeMs);
                    Assert.Equal((expected.Error, expected.Path), (error, log.Made));
                    var found = log.Outcome.Results[0].Stat;
                    Assert.True(expected.Stat is not { } stat || found == stat, $"{op}: {found}, not {expected.Stat}");
                }

                break;
        }
    }

    private static void Compare(TreeModel model, TreeMachine tree)
    {
        var super = s_callers[^1];
        Assert.Equal(model.Nodes.Count, tree.ZnodeCount);
        Assert.Equal(model.Nodes.Values.Count(n => n.Session != 0), tree.EphemeralCount);
        Assert.Equal(model.Nodes.Values.Sum(n => n.Data?.Length ?? 0), tree.DataBytes);
        foreach (var (path, node) in model.Nodes)
        {
            Assert.Equal(TreeErrorCode.Ok, tree.GetData(Encoding.UTF8.GetBytes(path), super, out var data, out var isNull, out var stat));
            Assert.Equal(model.StatOf(path), stat);
            Assert.Equal(node.Data is null, isNull);
            Assert.Equal(node.Data ?? [], data.ToArray());
            tree.GetAcl(Encoding.UTF8.GetBytes(path), super, out var acl, out _);
            Assert.Equal(node.Acl, acl);
            tree.GetChildren(Encoding.UTF8.GetBytes(path), super, out var children, out _);
            var names = new List<string>();
            foreach (var name in children)
            {
                names.Add((path == "/" ? "/" : path + "/") + Encoding.UTF8.GetString(name));
            }

            Assert.Equal(model.ChildrenOf(path), names.Order(StringComparer.Ordinal));
        }

        foreach (var session in model.Sessions)
        {
            Assert.Equal(
                model.Nodes.Where(n => n.Value.Session == session).Select(n => n.Key),
                tree.GetEphemerals(session, default).Select(Encoding.UTF8.GetString));
        }
    }

    private sealed record Step(int What, long Session, int Caller, TreeOp[] Ops)
    {
        public override string ToString() => $"{What} s{Session} c{Caller} {string.Join(" | ", (object[])Ops)}";
    }
}
