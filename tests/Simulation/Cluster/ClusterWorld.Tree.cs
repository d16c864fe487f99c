using System.Text;
using Actors.Cluster.Commands;
using Actors.Model.Znodes;
using Actors.Tests.Znodes;

namespace Simulation.Cluster;

/// <summary>Znodes: sessions that come, go and expire, writes of all kinds, numbered ones asked for again, clients that watch.</summary>
internal sealed partial class ClusterWorld
{
    private const int Watchers = 3;

    private static readonly string[] s_paths = ["/a", "/b", "/a/x", "/a/y", "/a/x/deep", "/b/c", "/none/child"];

    private readonly TreeWatchers _watchers = new();
    private readonly TreeCommandWriter _treeWriter = new();
    private readonly List<TreeIntent> _unanswered = [];
    private long _nextNumber = 1;

    private void ProposeToTree()
    {
        if (!_node.IsReady || _sent.Count >= MaxInFlight)
        {
            return;
        }

        var intents = Enumerable.Range(0, _random.Next(1, 5)).Select(_ => NewIntent()).ToArray();
        Note($"send {_nextSequence}: {string.Join<TreeIntent>(", ", intents)}");
        _treeWriter.BeginBatch();
        var values = intents.Select(i => i.Encode(_treeWriter)).ToArray();
        var offset = _node.Propose(values, _nextSequence);
        ClusterHistory.Must(offset >= 0, "the leader does not take its own node's commands");
        for (var i = 0; i < values.Length; i++)
        {
            _history.Tree.Sent(offset + i, values[i], intents[i]);
        }

        _sent.Add((_nextSequence, offset + values.Length, values));
        _nextSequence += values.Length;
    }

    private void LookAtTree()
    {
        if (_node.IsReady)
        {
            _watchers.Reconnect(_node.Machine.Tree);
            _watchers.Look(_node.Machine.Tree, _random.Next(Watchers), s_paths[_random.Next(s_paths.Length)]);
        }
    }

    private TreeIntent NewIntent()
    {
        var session = _random.Next(1, 4);
        switch (_random.Next(20))
        {
            case < 4:
                return new TreeIntent(CommandKind.CreateSession, session, []);
            case 4:
                return new TreeIntent(_random.Next(2) == 0 ? CommandKind.CloseSession : CommandKind.ExpireSession, session, []);
            case < 7:
                return new TreeIntent(CommandKind.MultiZnode, session, [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => NewOp())]);
            case < 10 when _unanswered.Count > 0:
                return _unanswered[_random.Next(_unanswered.Count)]; // nobody knows what became of it: it is asked for again
            case < 15:
                var op = NewOp();
                op = op.Kind == CommandKind.CheckZnode ? op with { Kind = CommandKind.SetZnodeData } : op;
                while (_unanswered.Count > 10)
                {
                    _unanswered.RemoveAt(0);
                }

                var number = _nextNumber++;
                var lowest = _unanswered.Count > 0 ? _unanswered[0].Number : number;
                _unanswered.Add(new TreeIntent(op.Kind, session, [op], number, lowest));
                return _unanswered[^1];
            default:
                op = NewOp();
                op = op.Kind == CommandKind.CheckZnode ? op with { Kind = CommandKind.DeleteZnode } : op;
                return new TreeIntent(op.Kind, session, [op]);
        }
    }

    private TreeOp NewOp()
    {
        var kind = _random.Next(8) switch
        {
            < 3 => CommandKind.CreateZnode,
            < 6 => CommandKind.SetZnodeData,
            6 => CommandKind.DeleteZnode,
            _ => CommandKind.CheckZnode,
        };
        var version = _random.Next(4) == 0 ? _random.Next(3) : -1;
        var data = Encoding.ASCII.GetBytes(new string('d', _random.Next(4) * 7));
        var flags = _random.Next(3) == 0 ? _random.Next(1, 5) : 0;
        return new TreeOp(kind, s_paths[_random.Next(s_paths.Length)], data, version, flags, -1, [ZnodeAcl.Open]);
    }
}
