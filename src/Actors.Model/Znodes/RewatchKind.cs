namespace Actors.Model.Znodes;

/// <summary>What a client that comes back asks about a path it watched (setWatches).</summary>
public enum RewatchKind : byte
{
    /// <summary>Its data.</summary>
    Data = 0,
    /// <summary>Whether it comes to exist.</summary>
    Exists = 1,
    /// <summary>Its children.</summary>
    Children = 2,
}
