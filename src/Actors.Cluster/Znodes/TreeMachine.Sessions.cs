using Actors.Cluster.Commands;
using Actors.Cluster.Sessions;
using Actors.Model.Znodes;

namespace Actors.Cluster.Znodes;

/// <summary>Sessions: their beginning, their owners, their end and what goes with them.</summary>
public sealed partial class TreeMachine
{
    private TreeErrorCode ApplySession(ref TreeCommand command, in CommandPlace place)
    {
        switch (command.Kind)
        {
            case CommandKind.CreateSession:
                var timeoutMs = command.Body.ReadInt32();
                if (!command.Body.IsComplete || timeoutMs <= 0)
                {
                    return TreeErrorCode.MarshallingError;
                }

                if (!Znode.MayOwn(command.SessionId) || Sessions.TryGet(command.SessionId, out _))
                {
                    return TreeErrorCode.BadArguments;
                }

                Sessions.Add(new TreeSession(command.SessionId, timeoutMs)
                {
                    OwnerNode = command.Connection < 0 ? -1 : place.ProducerId,
                    OwnerConnection = command.Connection,
                });
                return TreeErrorCode.Ok;
            case CommandKind.MoveSession:
                timeoutMs = command.Body.ReadInt32();
                if (!command.Body.IsComplete || timeoutMs <= 0)
                {
                    return TreeErrorCode.MarshallingError;
                }

                if (!Sessions.TryGet(command.SessionId, out var moved))
                {
                    return TreeErrorCode.SessionExpired;
                }

                Sessions.Change(moved, timeoutMs, command.Connection < 0 ? -1 : place.ProducerId, command.Connection);
                return TreeErrorCode.Ok;
            case CommandKind.ExpireSession:
                var ownerNode = command.Body.ReadInt64();
                var ownerConnection = command.Body.ReadInt64();
                return !command.Body.IsComplete ? TreeErrorCode.MarshallingError
                    : !Sessions.TryGet(command.SessionId, out var silent) ? TreeErrorCode.SessionExpired
                    : silent.OwnerNode != ownerNode || silent.OwnerConnection != ownerConnection ? TreeErrorCode.SessionMoved
                    : End(silent);
            default:
                return !command.Body.IsComplete ? TreeErrorCode.MarshallingError
                    : CheckSession(command, place) is not TreeErrorCode.Ok and var error ? error
                    : Sessions.TryGet(command.SessionId, out var closed) ? End(closed)
                    : TreeErrorCode.SessionExpired;
        }
    }

    /// <summary>An operation that carries its number: done once, however often it is asked for.</summary>
    private void ApplyNumbered(ref TreeCommand command, in CommandPlace place, TreeSession session)
    {
        Sessions.Forget(session, command.LowestUnanswered);
        var results = session.Results!;
        if (command.Operation < results.Lowest)
        {
            Finish(TreeErrorCode.RuntimeInconsistency); // answered long ago: nobody waits for it
        }
        else if (!results.TryRepeat(command.Operation, Outcome))
        {
            if (results.IsFull)
            {
                Finish(TreeErrorCode.ThrottledOp);
                return;
            }

            Apply(ref command, place);
            if (Sessions.TryGet(session.Id, out _))
            {
                Sessions.Keep(session, command.Operation, Outcome);
            }
        }
    }

    /// <summary>The session ends; its ephemerals go with it, in ordinal order of their paths.</summary>
    private TreeErrorCode End(TreeSession session)
    {
        if (session.Ephemerals.Count > 0)
        {
            var leaving = new (byte[] Path, int Index)[session.Ephemerals.Count];
            var count = 0;
            foreach (var index in session.Ephemerals)
            {
                var path = new byte[_tree.PathLengthOf(index)];
                _tree.CopyPath(index, path);
                leaving[count++] = (path, index);
            }

            Array.Sort(leaving, static (a, b) => a.Path.AsSpan().SequenceCompareTo(b.Path));
            foreach (var (_, index) in leaving)
            {
                Uproot(index);
            }
        }

        Sessions.Remove(session);
        return TreeErrorCode.Ok;
    }

    private void Hold(int index)
    {
        if (Sessions.TryGet(_tree[index].Owner, out var session))
        {
            session.Ephemerals.Add(index);
        }
    }

    private void LetGo(int index)
    {
        if (Sessions.TryGet(_tree[index].Owner, out var session))
        {
            session.Ephemerals.Remove(index);
        }
    }

    private TreeErrorCode ChangeSettings(ref CommandReader body)
    {
        var flags = body.ReadByte();
        var superDigest = body.ReadNullableString();
        if (!body.IsComplete || flags > 7)
        {
            return TreeErrorCode.MarshallingError;
        }

        Settings = new TreeSettings((flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, superDigest);
        return TreeErrorCode.Ok;
    }

    private void EncodeSettings(CommandWriter writer)
    {
        writer.WriteByte((byte)((Settings.SkipAcl ? 1 : 0) | (Settings.EnforceQuota ? 2 : 0) | (Settings.ExtendedTypes ? 4 : 0)));
        writer.WriteString(Settings.SuperDigest);
    }
}
