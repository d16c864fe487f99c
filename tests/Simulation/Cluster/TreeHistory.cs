using System.Globalization;
using System.Text;
using Actors.Cluster;
using Actors.Cluster.Commands;
using Actors.Cluster.Znodes;
using Actors.Model.Znodes;
using Actors.Tests.Znodes;

namespace Simulation.Cluster;

/// <summary>
/// The truth about the tree, kept outside the node: what each command came to when it was applied first, checked against the reference model
/// then, and the digest behind it. Applied again, after whatever has happened, it comes to the same at the same zxid.
/// </summary>
internal sealed class TreeHistory
{
    private readonly Dictionary<long, (byte[] Value, TreeIntent Intent)> _sent = [];
    private readonly Dictionary<long, (string Outcome, ulong Digest)> _applied;
    private readonly Dictionary<(long Session, long Number), string> _numbered = [];
    private readonly TreeModel _model = new();
    private readonly bool _isCopy;
    private long _end;
    private long _zxid;

    public TreeHistory() => _applied = [];

    private TreeHistory(TreeHistory of) => (_applied, _end, _isCopy) = (new Dictionary<long, (string, ulong)>(of._applied), of._end, true);

    /// <summary>Tree commands that the model has followed.</summary>
    public int Count { get; private set; }

    /// <summary>Numbered operations that came to the log more than once.</summary>
    public int Repeats { get; private set; }

    /// <summary>For a node whose disk is a copy: what was applied is checked there, nothing is added.</summary>
    public TreeHistory Copy() => new(this);

    /// <summary>What lies at or beyond an offset was lost, and that was said.</summary>
    public void Lose(long end) => _end = Math.Min(_end, end);

    /// <summary>Whether what is at an offset is a tree command.</summary>
    public bool IsTree(long offset) => _applied.ContainsKey(offset);

    /// <summary>A command was proposed at an offset; if the log loses it, another takes its place here too.</summary>
    public void Sent(long offset, byte[] value, TreeIntent intent) => _sent[offset] = (value, intent);

    /// <summary>The machine has applied what is at an offset.</summary>
    public void Applied(ReadOnlySpan<byte> value, in CommandPlace place, ClusterMachine machine)
    {
        if (place.Offset < _end)
        {
            if (_applied.TryGetValue(place.Offset, out var before))
            {
                var again = Tell(machine.Tree.Outcome);
                ClusterHistory.Must(again == before.Outcome, $"the command at {place.Offset} came to {before.Outcome}, now to {again}");
                ClusterHistory.Must(machine.Digest == before.Digest, $"the state behind {place.Offset} is not what it was");
            }

            return;
        }

        if (_isCopy)
        {
            return;
        }

        _end = place.Offset + 1;
        if (!_sent.TryGetValue(place.Offset, out var sent) || !value.SequenceEqual(sent.Value))
        {
            return; // no tree command
        }

        var outcome = machine.Tree.Outcome;
        ClusterHistory.Must(outcome.ZxidValue > _zxid, $"zxid {outcome.ZxidValue:x} comes behind {_zxid:x}");
        _zxid = outcome.ZxidValue;
        Count++;
        Check(sent.Intent, outcome, place.TimeMs);
        _applied[place.Offset] = (Tell(outcome), machine.Digest);
    }

    /// <summary>Every znode of the model is in the tree as it should be, and no other.</summary>
    public void CheckState(TreeMachine tree)
    {
        ClusterHistory.Must(tree.ZnodeCount == _model.Nodes.Count, $"{tree.ZnodeCount} znodes, not {_model.Nodes.Count}");
        foreach (var (path, node) in _model.Nodes)
        {
            var error = tree.GetData(Encoding.UTF8.GetBytes(path), TreeIntent.Caller, out var data, out _, out var stat);
            ClusterHistory.Must(
                error == TreeErrorCode.Ok && data.SequenceEqual(node.Data ?? []) && stat == _model.StatOf(path), $"{path} is not what it should be");
        }
    }

    private void Check(TreeIntent intent, TreeOutcome outcome, long timeMs)
    {
        var key = (intent.Session, intent.Number);
        if (intent.Number > 0 && _numbered.TryGetValue(key, out var first))
        {
            Repeats++;
            ClusterHistory.Must(outcome.Changes.Length == 0, $"{intent} was done twice");
            ClusterHistory.Must(Results(outcome) == first, $"{intent} came to {first}, asked again to {Results(outcome)}");
            return;
        }

        var known = _model.Sessions.Contains(intent.Session);
        var expected = Expect(intent, known, outcome.ZxidValue, timeMs);
        var results = outcome.Results.ToArray().Select(r => r.Error);
        var errors = string.Join(",", intent.Ops.Length == 0 ? [outcome.Error] : known ? results : results.Take(1));
        ClusterHistory.Must(errors == expected, $"{intent} came to {errors}, not {expected}");
        ClusterHistory.Must(Changes(outcome) == string.Join(";", _model.Events), $"{intent}: {Changes(outcome)}, not {string.Join(";", _model.Events)}");
        if (intent.Number > 0 && known)
        {
            _numbered[key] = Results(outcome);
        }
    }

    private string Expect(TreeIntent intent, bool known, long zxid, long timeMs)
    {
        switch (intent.Kind)
        {
            case CommandKind.CreateSession:
                _model.Events.Clear();
                return (_model.Sessions.Add(intent.Session) ? TreeErrorCode.Ok : TreeErrorCode.BadArguments).ToString();
            case CommandKind.CloseSession or CommandKind.ExpireSession:
                _model.Close(intent.Session, zxid);
                foreach (var key in _numbered.Keys.Where(k => k.Session == intent.Session).ToArray())
                {
                    _numbered.Remove(key);
                }

                return (known ? TreeErrorCode.Ok : TreeErrorCode.SessionExpired).ToString();
            case CommandKind.MultiZnode when known:
                return string.Join(",", _model.Multi(intent.Ops, intent.Session, TreeIntent.Caller, zxid, timeMs));
            default:
                return _model.Apply(intent.Ops[0], intent.Session, TreeIntent.Caller, zxid, timeMs).Error.ToString();
        }
    }

    private static string Tell(TreeOutcome outcome) => $"{outcome.ZxidValue:x} {outcome.Error} {Results(outcome)} {Changes(outcome)}";

    private static string Results(TreeOutcome outcome)
    {
        var text = new StringBuilder();
        for (var i = 0; i < outcome.ResultCount; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{outcome.ErrorOf(i)} {Encoding.UTF8.GetString(outcome.PathOf(i))} {outcome.StatOf(i)};");
        }

        return text.ToString();
    }

    private static string Changes(TreeOutcome outcome)
    {
        var parts = new List<string>();
        foreach (ref readonly var change in outcome.Changes)
        {
            parts.Add($"{change.Type} {Encoding.UTF8.GetString(outcome.PathOf(change))}");
        }

        return string.Join(";", parts);
    }
}
