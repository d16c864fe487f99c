namespace LoadGen.ZooKeeper;

/// <summary>How a session chooses the next operation and znode.</summary>
internal sealed record TreeShape
{
    public required string Name { get; init; }

    /// <summary>Operation of the load; every tenth is a set where <see cref="TenthIsSet"/>.</summary>
    public TreeOperation Operation { get; init; } = TreeOperation.Get;

    public bool TenthIsSet { get; init; }
    public int Sessions { get; init; } = 10;
    public int Outstanding { get; init; } = 100;
    public int ValueBytes { get; init; } = 100;

    /// <summary>Znodes that gets and sets choose from, each in turn.</summary>
    public int Znodes { get; init; } = 1_000;
}
