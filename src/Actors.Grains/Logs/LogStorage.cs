namespace Actors.Grains;

/// <summary>
/// A named storage of logs on this silo, as <see cref="AppendOnlyLogAttribute"/> and <c>[PersistentState(name, "logs")]</c> refer to it.
/// </summary>
/// <param name="Name">The name; part of the names of its internal topics.</param>
internal sealed record LogStorage(string Name)
{
    /// <summary>Name of the storage that every node has, and whose logs the partitions of topics are.</summary>
    public const string DefaultName = "logs";
}
