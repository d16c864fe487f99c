using System.Text;
using Actors.Cluster;
using Actors.Cluster.Commands;
using Actors.Cluster.Znodes;
using Actors.Model.Machines;
using Actors.Model.Znodes;

namespace Actors.Tests.Znodes;

/// <summary>A cluster log in memory with tree commands: each goes in at the end and is applied at once.</summary>
internal sealed class TreeLog
{
    public static readonly IReadOnlyList<ZnodeIdentity> Nobody = [];

    private readonly TreeCommandWriter _writer = new();
    private Effects<ClusterEvent> _events;

    public TreeLog()
    {
        Append(new EpochStart(1, 1).Encode());
    }

    public ClusterMachine Machine { get; private set; } = new();

    public TreeMachine Tree => Machine.Tree;

    public TreeOutcome Outcome => Machine.Tree.Outcome;

    public List<byte[]> Commands { get; } = [];

    public long TimeMs => Commands.Count * 10;

    /// <summary>What happened at the last command, as "Type path".</summary>
    public List<string> Events
    {
        get
        {
            var events = new List<string>();
            foreach (ref readonly var change in Outcome.Changes)
            {
                events.Add($"{change.Type} {Encoding.UTF8.GetString(Outcome.PathOf(change))}");
            }

            return events;
        }
    }

    /// <summary>A log with one session.</summary>
    public static TreeLog WithSession(long session)
    {
        var log = new TreeLog();
        log.CreateSession(session);
        return log;
    }

    public TreeErrorCode CreateSession(long session, long connection = -1, int timeoutMs = 10_000)
    {
        Begin(CommandKind.CreateSession, session, Nobody, connection).WriteSession(timeoutMs);
        return Append();
    }

    public TreeErrorCode MoveSession(long session, long connection, int timeoutMs = 10_000)
    {
        Begin(CommandKind.MoveSession, session, Nobody, connection).WriteSession(timeoutMs);
        return Append();
    }

    public TreeErrorCode CloseSession(long session, long connection = -1)
    {
        Begin(CommandKind.CloseSession, session, Nobody, connection);
        return Append();
    }

    public TreeErrorCode Expire(long session, long ownerNode, long ownerConnection)
    {
        Begin(CommandKind.ExpireSession, session, Nobody).WriteSeenOwner(ownerNode, ownerConnection);
        return Append();
    }

    public TreeErrorCode DeleteExpired(ExpiredZnode expired)
    {
        Begin(CommandKind.DeleteExpiredZnode, 0, Nobody).WriteExpired(expired.Path, expired.Mzxid, expired.Pzxid);
        return Append();
    }

    public TreeErrorCode Change(TreeSettings settings)
    {
        Begin(CommandKind.ChangeTreeSettings, 0, Nobody).WriteSettings(settings);
        return Append();
    }

    public TreeErrorCode Do(TreeOp op, long session, IReadOnlyList<ZnodeIdentity>? caller = null, long connection = -1)
    {
        var writer = Begin(op.Kind, session, caller ?? Nobody, connection);
        op.WriteTo(writer);
        return Append();
    }

    /// <summary>An operation with its number.</summary>
    public TreeErrorCode DoNumbered(TreeOp op, long session, long operation, long lowest)
    {
        _writer.BeginBatch();
        _writer.Begin(op.Kind, new TreeCaller(session, -1, Nobody, operation, lowest));
        op.WriteTo(_writer);
        return Append();
    }

    public TreeErrorCode Create(string path, long session, int flags = 0, string? data = "", long ttlMs = -1, IReadOnlyList<ZnodeIdentity>? caller = null,
        IReadOnlyList<ZnodeAcl>? acl = null, long connection = -1) =>
        Do(new TreeOp(CommandKind.CreateZnode, path, data is null ? null : Encoding.UTF8.GetBytes(data), -1, flags, ttlMs, acl ?? [ZnodeAcl.Open]),
            session, caller, connection);

    public TreeErrorCode Set(string path, long session, string data, int version = -1, IReadOnlyList<ZnodeIdentity>? caller = null) =>
        Do(new TreeOp(CommandKind.SetZnodeData, path, Encoding.UTF8.GetBytes(data), version), session, caller);

    public TreeErrorCode Delete(string path, long session, int version = -1, IReadOnlyList<ZnodeIdentity>? caller = null) =>
        Do(new TreeOp(CommandKind.DeleteZnode, path, null, version), session, caller);

    public List<TreeErrorCode> Multi(IReadOnlyList<TreeOp> ops, long session, IReadOnlyList<ZnodeIdentity>? caller = null)
    {
        var writer = Begin(CommandKind.MultiZnode, session, caller ?? Nobody);
        writer.WriteMulti(ops.Count);
        foreach (var op in ops)
        {
            writer.BeginOperation(op.Kind);
            op.WriteTo(writer);
        }

        Append();
        return [.. Outcome.Results.ToArray().Select(r => r.Error)];
    }

    /// <summary>The path of the last result.</summary>
    public string? Made => Outcome.Results.Length > 0 && Outcome.Results[0].PathLength > 0
        ? Encoding.UTF8.GetString(Outcome.PathOf(Outcome.Results[0])) : null;

    public TreeErrorCode AppendRaw(byte[] command)
    {
        Append(command);
        return Outcome.Error;
    }

    private TreeCommandWriter Begin(CommandKind kind, long session, IReadOnlyList<ZnodeIdentity> caller, long connection = -1)
    {
        _writer.BeginBatch(); // every command is a batch of its own
        _writer.Begin(kind, new TreeCaller(session, connection, caller));
        return _writer;
    }

    private TreeErrorCode Append()
    {
        Append(_writer.Written.ToArray());
        return Outcome.Error;
    }

    private void Append(byte[] command)
    {
        Commands.Add(command);
        _events.Clear();
        Assert.Equal(Actors.Model.ErrorCode.None, Machine.Apply(command, new CommandPlace(Machine.AppliedEnd, TimeMs, -1), ref _events).Error);
    }
}
