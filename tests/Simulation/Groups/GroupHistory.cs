using Actors.Model.Groups;
using Simulation.Runs;

namespace Simulation.Groups;

/// <summary>What members were told, and what must be true of it whatever happened.</summary>
internal sealed class GroupHistory
{
    private readonly Dictionary<(string Group, int Generation), int> _plans = [];
    private readonly Dictionary<(string Group, int Generation, int Partition), string> _owners = [];
    private readonly Dictionary<string, int> _told = [];
    private readonly Dictionary<string, int> _accepted = [];
    private readonly Dictionary<(string Group, int Partition), Line> _lines = [];

    /// <summary>Commits that were acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Assignments that were told.</summary>
    public long Assignments { get; private set; }

    /// <summary>A member was told its partitions in a generation.</summary>
    public void Assigned(string group, int generation, string owner, int plan, IEnumerable<int> partitions)
    {
        Assignments++;
        if (_plans.TryGetValue((group, generation), out var known) && known != plan)
        {
            throw new SimulationException($"{group}: generation {generation} was told two plans, {known} and {plan}");
        }

        _plans[(group, generation)] = plan;
        foreach (var partition in partitions)
        {
            if (_owners.TryGetValue((group, generation, partition), out var other) && other != owner)
            {
                throw new SimulationException($"{group}: partition {partition} belongs to {other} and {owner} in generation {generation}");
            }

            _owners[(group, generation, partition)] = owner;
        }

        // Told means synced: no crash takes a generation back that a member works in.
        _told[group] = Math.Max(_told.GetValueOrDefault(group), generation);
    }

    /// <summary>A heartbeat or commit was accepted: this is the group's generation.</summary>
    public void Accepted(string group, int generation)
    {
        var last = Math.Max(_accepted.GetValueOrDefault(group), _told.GetValueOrDefault(group));
        if (generation < last)
        {
            throw new SimulationException($"{group}: generation {generation} was accepted after generation {last}");
        }

        _accepted[group] = generation;
    }

    /// <summary>The node died: generations that nobody was told an assignment of may come again.</summary>
    public void Crashed() => _accepted.Clear();

    /// <summary>A commit goes into the machine; the order of these calls is the order in the log.</summary>
    public void Issued(string group, int partition, long offset) => LineOf(group, partition).Offsets.Add(offset);

    public void CommitAcknowledged(string group, int partition, long offset)
    {
        Acknowledged++;
        var line = LineOf(group, partition);
        line.Floor = Math.Max(line.Floor, line.Offsets.IndexOf(offset));
    }

    /// <summary>A committed offset was read: never one before what was acknowledged or read already.</summary>
    public void Read(string group, CommittedOffset read)
    {
        var line = LineOf(group, read.Partition);
        var at = read.Offset < 0 ? -1 : line.Offsets.IndexOf(read.Offset);
        if (read.Offset >= 0 && at < 0)
        {
            throw new SimulationException($"{group}-{read.Partition}: offset {read.Offset} was never committed");
        }

        if (at < line.Floor)
        {
            throw new SimulationException(
                $"{group}-{read.Partition}: offset {read.Offset} was read after offset {line.Offsets[line.Floor]} was acknowledged or read");
        }

        line.Floor = at;
    }

    private Line LineOf(string group, int partition)
    {
        if (!_lines.TryGetValue((group, partition), out var line))
        {
            _lines[(group, partition)] = line = new Line();
        }

        return line;
    }

    private sealed class Line
    {
        public List<long> Offsets { get; } = [];

        public int Floor { get; set; } = -1;
    }
}
