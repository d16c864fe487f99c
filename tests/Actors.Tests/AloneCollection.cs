namespace Actors.Tests;

/// <summary>Tests that measure what belongs to the whole process, its memory: they run when all others have ended.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
