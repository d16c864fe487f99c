using Actors.Cluster;
using Actors.Cluster.Commands;
using Actors.Model.Machines;
using Simulation.Runs;

namespace Simulation.Cluster;

/// <summary>
/// The truth about the cluster log, kept outside the node: every command that was ever applied, at its offset. None of them may change
/// or go, whatever happens; none may be there twice.
/// </summary>
internal sealed class ClusterHistory
{
    private readonly List<(byte[] Value, CommandPlace Place)> _applied = [];
    private readonly HashSet<Guid> _created = [];
    private readonly Dictionary<Guid, int> _epochs = [];

    /// <summary>End of what was applied.</summary>
    public long End => _applied.Count;

    /// <summary>Ids of topics whose creation is in the log.</summary>
    public IReadOnlyCollection<Guid> Created => _created;

    /// <summary>What tree commands came to.</summary>
    public TreeHistory Tree { get; private init; } = new();

    /// <summary>The greatest epoch in which a leader was.</summary>
    public int LeaderEpoch { get; private set; }

    /// <summary>A copy, for a node whose disk is a copy.</summary>
    public ClusterHistory Copy()
    {
        var copy = new ClusterHistory { LeaderEpoch = LeaderEpoch, Tree = Tree.Copy() };
        copy._applied.AddRange(_applied);
        copy._created.UnionWith(_created);
        return copy;
    }

    /// <summary>What lies at or beyond an offset was lost, and that was said.</summary>
    public void Lose(long end)
    {
        foreach (var (value, _) in _applied.Skip((int)end))
        {
            if (ClusterCommand.Decode(value).Command is CreateTopic create)
            {
                _created.Remove(create.TopicId);
            }
        }

        Tree.Lose(end);
        _applied.RemoveRange((int)end, _applied.Count - (int)end);
    }

    /// <summary>A command is applied, for the first time or again after a start.</summary>
    public void Apply(ReadOnlySpan<byte> value, in CommandPlace place)
    {
        if (place.Offset < _applied.Count)
        {
            var (before, where) = _applied[(int)place.Offset];
            Must(value.SequenceEqual(before) && place == where, $"the command at {place.Offset} is not what it was");
            return;
        }

        Must(place.Offset == _applied.Count, $"the command at {place.Offset} is applied behind {_applied.Count}");
        Must(_applied.Count == 0 || place.TimeMs >= _applied[^1].Place.TimeMs, $"time goes back at {place.Offset}");
        if (ClusterCommand.Decode(value).Command is CreateTopic create)
        {
            Must(_created.Add(create.TopicId), $"the creation of {create.Name} is in the log twice");
        }

        _applied.Add((value.ToArray(), place));
    }

    /// <summary>A node leads.</summary>
    public void Lead(int epoch)
    {
        Must(epoch > LeaderEpoch, $"a leader in epoch {epoch}, after one in {LeaderEpoch}");
        LeaderEpoch = epoch;
    }

    /// <summary>The state is that of a fold over the log, and no partition's epoch is lower than it was.</summary>
    public void CheckState(ClusterMachine machine)
    {
        var fold = new ClusterMachine();
        Effects<ClusterEvent> events = default;
        foreach (var (value, place) in _applied.Take((int)machine.AppliedEnd))
        {
            events.Clear();
            fold.Apply(value, place, ref events);
        }

        Must(fold.AppliedEnd == machine.AppliedEnd, $"the state ends at {machine.AppliedEnd}, the log at {fold.AppliedEnd}");
        Must(fold.Digest == machine.Digest, $"the state at {machine.AppliedEnd} is not what its log makes of it");
        Must(fold.LastZxid == machine.LastZxid, $"the last zxid is {machine.LastZxid}, the log makes it {fold.LastZxid}");
        if (machine.AppliedEnd < End)
        {
            return;
        }

        foreach (var topic in machine.Catalog.Topics)
        {
            var epoch = topic.Partitions[0].LeaderEpoch;
            Must(epoch >= _epochs.GetValueOrDefault(topic.Id), $"the leader epoch of {topic.Name} went back to {epoch}");
            _epochs[topic.Id] = epoch;
        }
    }

    public static void Must([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool holds, string message)
    {
        if (!holds)
        {
            throw new SimulationException($"__cluster: {message}");
        }
    }
}
