using Actors.Cluster;
using Actors.Cluster.Commands;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Znodes;
using Actors.Node.Tree;

namespace Actors.Node.Cluster;

/// <summary>
/// The tree's half: its commands join the same batches, its outcomes are told as they are applied.
/// </summary>
public sealed partial class ClusterHost
{
    private readonly TreeCommandWriter _treeWriter = new();
    private readonly Dictionary<long, (long Connection, ITreeSessionOwner Owner)> _owners = [];
    private readonly HashSet<ITreeSessionOwner> _toWake = [];
    private readonly TreeEventRing _eventRing;
    private long _lastTreeZxid;
    private LocalTree? _tree;
    private TreeFeeds? _feeds;
    private TreeView? _treeView;
    private SessionClock? _sessionClock;

    /// <summary>The tree on this node.</summary>
    public ILocalTree Tree => _tree ??= new LocalTree(this, _options.SessionSecret, (byte)_identity.NodeId, _time);

    /// <summary>zxid of the last command of the tree that was applied.</summary>
    internal long LastTreeZxid => Volatile.Read(ref _lastTreeZxid);

    internal SessionClock Sessions => _sessionClock ??= new SessionClock(_time);

    /// <summary>Who waits for a zxid to be applied.</summary>
    internal ZxidWaiters Positions { get; } = new();

    internal ReaderWriterLockSlim StateGate => _stateGate;

    /// <summary>The last changes of the tree, for who holds a side of the gate.</summary>
    internal TreeEventRing EventRing => _eventRing;

    /// <summary>Changes of the tree for subscribers.</summary>
    public ITreeFeeds Feeds => _feeds ??= new TreeFeeds(this, _options.FeedQueueBytes);

    /// <summary>The tree and the watches, for who holds a side of the gate.</summary>
    internal TreeView View => _treeView ?? throw new InvalidOperationException("The tree is not there before the node is ready.");

    /// <summary>
    /// Hands a command of the tree over; <paramref name="write"/> writes its body. Where the node takes none, or the command with its
    /// caller's identities is larger than any batch, the reply is lost: the caller's connection ends, and nothing else.
    /// </summary>
    internal void SubmitToTree<TState>(
        CommandKind kind, in SessionCaller caller, in PendingCommand pending, TState state, Action<TreeCommandWriter, TState> write)
        where TState : allows ref struct
    {
        lock (_gate)
        {
            if (_stopping || Fault is not null || _producerId < 0 || _queuedCommands >= _options.MaxQueuedCommands)
            {
                pending.Reply!.OnLost();
                return;
            }

            // Identities are numbered within a batch: written for the one that fills, and again if it turns out to be full.
            var treeCaller = new TreeCaller(
                caller.SessionId, caller.Connection, caller.Identities, caller.Operation, caller.LowestUnanswered);
            _treeWriter.Begin(kind, treeCaller);
            write(_treeWriter, state);
            var isTaken = _open.TryAdd(_treeWriter.Written, pending);
            if (!isTaken && _open.Count > 0)
            {
                NextBatch();
                _treeWriter.Begin(kind, treeCaller);
                write(_treeWriter, state);
                isTaken = _open.TryAdd(_treeWriter.Written, pending);
            }

            if (isTaken)
            {
                _queuedCommands++;
                return;
            }

            _treeWriter.BeginBatch(); // the identities it has counted are in no batch
            pending.Reply!.OnLost();
        }
    }

    internal void SendTree()
    {
        lock (_gate)
        {
            SendQueued();
        }
    }

    /// <summary>A command of the tree was applied: sessions, then whoever waits. Apply thread, the gate's exclusive side.</summary>
    private void OnTreeApplied(in CommandOutcome refused, in PendingCommand pending)
    {
        if (refused.Error != ErrorCode.None)
        {
            pending.Reply?.OnLost();
            return;
        }

        var outcome = _machine.Tree.Outcome;
        Volatile.Write(ref _lastTreeZxid, outcome.ZxidValue);
        if (outcome.Error == TreeErrorCode.Ok && outcome.Kind is >= CommandKind.CreateSession and <= CommandKind.ExpireSession)
        {
            FollowSession(outcome.Kind, outcome.SessionId, pending.Owner);
        }

        // Also what is in the log from before this start, behind the snapshot: who was connected to this node then goes on from there.
        var changes = outcome.Changes;
        for (var i = 0; i < changes.Length; i++)
        {
            ref readonly var change = ref changes[i];
            _eventRing.Append(new ChangePosition(outcome.ZxidValue, i), change.Type, outcome.PathOf(change), change.Readers);
        }

        if (_treeView is null)
        {
            return; // nobody here waits or watches yet
        }

        for (var i = 0; i < changes.Length; i++)
        {
            _treeView.Fire(outcome, i, _toWake);
        }

        if (pending.Reply?.OnApplied(outcome, _treeView) is { } owner)
        {
            _toWake.Add(owner);
        }
    }

    private void FollowSession(CommandKind kind, long sessionId, ITreeSessionOwner? owner)
    {
        _owners.Remove(sessionId, out var before);
        if (kind is CommandKind.CreateSession or CommandKind.MoveSession && _machine.Tree.Sessions.TryGet(sessionId, out var session))
        {
            Sessions.Begin(sessionId, session.TimeoutMs);
            before.Owner?.OnSessionMoved();
            if (owner is not null)
            {
                _owners[sessionId] = (session.OwnerConnection, owner);
            }
        }
        else
        {
            Sessions.End(sessionId);
            before.Owner?.OnSessionEnded();
        }
    }

    /// <summary>
    /// One wake for each who has something, when what was committed is applied; the only one, where little was, may act on this thread.
    /// By who applies.
    /// </summary>
    private void WakeOwners(bool areFew)
    {
        areFew &= _toWake.Count == 1;
        foreach (var owner in _toWake)
        {
            if (areFew)
            {
                owner.OnShortRoundEnd();
            }
            else
            {
                owner.OnRoundEnd();
            }
        }

        _toWake.Clear();
        Positions.OnReached(LastTreeZxid);
    }

    /// <summary>This start leads: every session's clock begins afresh, and the settings that change outcomes are what this node is told.</summary>
    private void BeginSessions()
    {
        _machine.Tree.ResumeAt(_machine.LastZxid);
        Volatile.Write(ref _lastTreeZxid, _machine.LastZxid.Value);
        _treeView = new TreeView(_machine.Tree);
        foreach (var session in _machine.Tree.Sessions.All)
        {
            Sessions.Begin(session.Id, session.TimeoutMs);
        }

        BeginHouse();
    }
}
