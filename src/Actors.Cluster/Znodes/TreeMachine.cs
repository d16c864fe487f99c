using Actors.Cluster.Acl;
using Actors.Cluster.Commands;
using Actors.Cluster.Sessions;
using Actors.Model;
using Actors.Model.Znodes;

namespace Actors.Cluster.Znodes;

/// <summary>
/// The znode tree and its sessions, the second root beside the catalog: folds tree commands of the cluster log. Errors are ZooKeeper's,
/// in ZooKeeper's order of checks (PrepRequestProcessor); a command is decoded in full before anything changes. One thread applies;
/// reads run beside each other, never beside it.
/// </summary>
public sealed partial class TreeMachine
{
    private readonly ZnodeTree _tree = new();
    private readonly List<ZnodeIdentity[]> _identitySets = [];
    private long _batchOffset = -1;
    private Zxid _zxid;
    private long _timeMs;

    /// <summary>A tree as ZooKeeper's begins: the root, <c>/zookeeper</c>, its <c>quota</c> and <c>config</c>.</summary>
    public TreeMachine()
        : this(isEmpty: false)
    {
    }

    private TreeMachine(bool isEmpty)
    {
        if (isEmpty)
        {
            return;
        }

        var open = _tree.Acls.Acquire(AccessList.Open);
        _tree.PlantRoot(open);
        var fields = new Znode { Acl = _tree.Acls.Share(open) };
        var zookeeper = _tree.Add(ZnodeTree.RootIndex, "zookeeper"u8, fields, default, isNull: false);
        fields.Acl = _tree.Acls.Share(open);
        _tree.Add(zookeeper, "quota"u8, fields, default, isNull: false);
        fields.Acl = _tree.Acls.Acquire(AccessList.ReadOnly);
        fields.Aversion = -1; // as ZooKeeper's own
        _tree.Add(zookeeper, "config"u8, fields, default, isNull: false);
    }

    /// <summary>The sessions.</summary>
    public SessionTable Sessions { get; } = new();

    /// <summary>What changes outcomes.</summary>
    public TreeSettings Settings { get; private set; } = TreeSettings.Default;

    /// <summary>Outcome of the command applied last.</summary>
    public TreeOutcome Outcome { get; } = new();

    /// <summary>Number of znodes.</summary>
    public int ZnodeCount => _tree.Count;

    /// <summary>Number of ephemeral znodes.</summary>
    public int EphemeralCount => _tree.EphemeralCount;

    /// <summary>Bytes of all data.</summary>
    public long DataBytes => _tree.DataBytes;

    /// <summary>Digest of everything here.</summary>
    public ulong Digest => _tree.Digest + (Sessions.Digest * 3) + SettingsDigest;

    private ulong SettingsDigest
    {
        get
        {
            var writer = new CommandWriter();
            EncodeSettings(writer);
            return Catalog.Digest64.Compute(writer.Written);
        }
    }

    /// <summary>Applies a tree command at its place; what became of it is <see cref="Outcome"/>.</summary>
    internal void Apply(ReadOnlySpan<byte> bytes, Zxid zxid, in CommandPlace place)
    {
        (_zxid, _timeMs) = (zxid, place.TimeMs);
        if (place.BatchOffset != _batchOffset)
        {
            _batchOffset = place.BatchOffset;
            _identitySets.Clear();
        }

        if (!TreeCommand.TryRead(bytes, _identitySets, out var command))
        {
            Outcome.Begin((CommandKind)bytes[0], 0, zxid);
            Finish(TreeErrorCode.MarshallingError);
            return;
        }

        Outcome.Begin(command.Kind, command.SessionId, zxid);
        if (command.Operation > 0 && Sessions.TryGet(command.SessionId, out var session))
        {
            ApplyNumbered(ref command, place, session);
        }
        else
        {
            Apply(ref command, place);
        }
    }

    private void Apply(ref TreeCommand command, in CommandPlace place)
    {
        switch (command.Kind)
        {
            case CommandKind.MultiZnode:
                ApplyMulti(ref command, place);
                break;
            case CommandKind.CreateSession or CommandKind.CloseSession or CommandKind.MoveSession or CommandKind.ExpireSession:
                Finish(ApplySession(ref command, place));
                break;
            case CommandKind.DeleteExpiredZnode:
                Finish(DeleteExpired(ref command.Body));
                break;
            case CommandKind.FailedWrite:
                var error = (TreeErrorCode)command.Body.ReadInt32();
                Finish(CheckSession(command, place) is not TreeErrorCode.Ok and var ended ? ended : error);
                break;
            case CommandKind.ChangeTreeSettings:
                Finish(ChangeSettings(ref command.Body));
                break;
            default:
                ApplyOne(ref command, place);
                break;
        }
    }

    private void ApplyOne(ref TreeCommand command, in CommandPlace place)
    {
        if (!TreeOperation.TryRead(command.Kind, ref command.Body, out var operation) || !command.Body.IsComplete)
        {
            Finish(TreeErrorCode.MarshallingError);
            return;
        }

        var error = CheckSession(command, place);
        if (error == TreeErrorCode.Ok)
        {
            error = Execute(operation, command.SessionId, command.Identities);
        }

        if (error != TreeErrorCode.Ok)
        {
            Finish(error);
        }
    }

    /// <summary>One operation: its result and its changes are noted if it succeeds, nothing is if it does not.</summary>
    private TreeErrorCode Execute(in TreeOperation operation, long sessionId, IReadOnlyList<ZnodeIdentity> caller) => operation.Kind switch
    {
        CommandKind.CreateZnode => Create(operation, sessionId, caller),
        CommandKind.DeleteZnode => Delete(operation, caller),
        CommandKind.SetZnodeData => SetData(operation, caller),
        CommandKind.SetZnodeAcl => SetAcl(operation, caller),
        CommandKind.CheckZnode => Check(operation, caller),
        _ => TreeErrorCode.Unimplemented,
    };

    /// <summary>Session 0 is nobody's: callers without one, who may do everything but what goes with a session.</summary>
    private TreeErrorCode CheckSession(in TreeCommand command, in CommandPlace place)
    {
        if (command.SessionId == 0)
        {
            return TreeErrorCode.Ok;
        }

        if (!Sessions.TryGet(command.SessionId, out var session))
        {
            return TreeErrorCode.SessionExpired;
        }

        return session.OwnerConnection >= 0 && (session.OwnerNode != place.ProducerId || session.OwnerConnection != command.Connection)
            ? TreeErrorCode.SessionMoved
            : TreeErrorCode.Ok;
    }

    private bool MayNot(int index, ZnodePermissions wanted, IReadOnlyList<ZnodeIdentity> caller) =>
        !Settings.SkipAcl && !AclSchemes.Allows(_tree.Acls[_tree[index].Acl], wanted, caller);

    private void Finish(TreeErrorCode error)
    {
        Outcome.Error = error;
        Outcome.AddResult(Outcome.Kind, error, default, 0, 0);
    }

    private void Succeed(CommandKind kind, int index, int pathStart = 0, int pathLength = 0) =>
        Outcome.AddResult(kind, TreeErrorCode.Ok, index == ZnodeTree.None ? default : _tree[index].Stat, pathStart, pathLength);

    /// <summary>Notes what happened to a znode, for those who watch.</summary>
    private void Note(WatchEventType type, int index)
    {
        var length = _tree.PathLengthOf(index);
        _tree.CopyPath(index, Outcome.AddPath(length, out var start));
        Outcome.AddChange(type, start, length, _tree.Acls[_tree[index].Acl]);
    }
}
