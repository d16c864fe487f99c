namespace Simulation.Fakes;

/// <summary>Names of one directory: as seen now, as synced, and the changes between, which a journal keeps in order.</summary>
internal sealed class SimulatedDirectory
{
    private readonly SortedDictionary<string, object> _durable = new(StringComparer.Ordinal);
    private readonly List<(string? Removed, string? Added, object? Node)> _changes = [];

    /// <summary>Name to <see cref="SimulatedFile"/> or <see cref="SimulatedDirectory"/>.</summary>
    public SortedDictionary<string, object> Names { get; } = new(StringComparer.Ordinal);

    public void Add(string name, object node)
    {
        Names[name] = node;
        _changes.Add((null, name, node));
    }

    public void Remove(string name)
    {
        Names.Remove(name);
        _changes.Add((name, null, null));
    }

    public void Rename(string from, string to)
    {
        var node = Names[from];
        Names.Remove(from);
        Names[to] = node;
        _changes.Add((from, to, node));
    }

    public void Sync()
    {
        _changes.Clear();
        Copy(Names, _durable);
    }

    public void SyncDeep()
    {
        Sync();
        foreach (var node in Names.Values)
        {
            (node as SimulatedFile)?.Sync();
            (node as SimulatedDirectory)?.SyncDeep();
        }
    }

    /// <summary>The directory after a power cut: the synced names, and of the later changes the first ones up to some point.</summary>
    public SimulatedDirectory AfterPowerCut(Random random)
    {
        var after = new SimulatedDirectory();
        Copy(_durable, after.Names);
        foreach (var (removed, added, node) in _changes.Take(random.Next(_changes.Count + 1)))
        {
            if (removed is not null)
            {
                after.Names.Remove(removed);
            }

            if (added is not null)
            {
                after.Names[added] = node!;
            }
        }

        foreach (var (name, node) in after.Names.ToArray())
        {
            after.Names[name] = node is SimulatedFile file ? file.AfterPowerCut(random) : ((SimulatedDirectory)node).AfterPowerCut(random);
        }

        Copy(after.Names, after._durable);
        return after;
    }

    private static void Copy(SortedDictionary<string, object> from, SortedDictionary<string, object> to)
    {
        to.Clear();
        foreach (var (name, node) in from)
        {
            to.Add(name, node);
        }
    }
}
