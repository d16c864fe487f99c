using Actors.Cluster.Commands;
using Actors.Model.Znodes;

namespace Actors.Cluster.Znodes;

/// <summary>Several operations at one zxid: a later one sees the earlier ones, and all are done or none.</summary>
public sealed partial class TreeMachine
{
    private readonly List<CommandKind> _kinds = [];

    private void ApplyMulti(ref TreeCommand command, in CommandPlace place)
    {
        if (!TryReadKinds(command.Body))
        {
            Finish(TreeErrorCode.MarshallingError);
            return;
        }

        var failure = CheckSession(command, place);
        var done = 0;
        _tree.BeginRecording();
        var body = command.Body;
        body.ReadCount(leastBytesEach: 2);
        while (failure == TreeErrorCode.Ok && done < _kinds.Count)
        {
            TreeOperation.TryRead((CommandKind)body.ReadByte(), ref body, out var operation);
            failure = Execute(operation, command.SessionId, command.Identities);
            done += failure == TreeErrorCode.Ok ? 1 : 0;
        }

        if (failure == TreeErrorCode.Ok)
        {
            _tree.Keep();
            return;
        }

        _tree.TakeBack(TakeBackHold);
        Outcome.FailMulti(done, failure, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_kinds));
    }

    /// <summary>Reads all operations once, so that nothing is begun that cannot be read to its end.</summary>
    private bool TryReadKinds(CommandReader body)
    {
        _kinds.Clear();
        for (var count = body.ReadCount(leastBytesEach: 2); count > 0; count--)
        {
            var kind = (CommandKind)body.ReadByte();
            if (!TreeOperation.TryRead(kind, ref body, out _))
            {
                return false;
            }

            _kinds.Add(kind);
        }

        return body.IsComplete;
    }

    private void TakeBackHold(int index, bool isBack)
    {
        if (_tree[index].IsEphemeral && Sessions.TryGet(_tree[index].Owner, out var session))
        {
            if (isBack)
            {
                session.Ephemerals.Add(index);
            }
            else
            {
                session.Ephemerals.Remove(index);
            }
        }
    }
}
