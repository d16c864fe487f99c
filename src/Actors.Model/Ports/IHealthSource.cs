namespace Actors.Model.Ports;

/// <summary>How well a part of the node is.</summary>
public enum HealthLevel : byte
{
    /// <summary>As it should be.</summary>
    Green = 0,
    /// <summary>Serving, but someone should look: a recovery cut, a nearly full disk.</summary>
    Yellow = 1,
    /// <summary>Something does not serve and will not heal by itself: a failed log directory.</summary>
    Red = 2,
}

/// <summary>One thing that is not as it should be.</summary>
/// <param name="Level">Yellow or red.</param>
/// <param name="Part">Which part says so: <c>storage</c>, <c>kafka</c>, <c>catalog</c> and so on.</param>
/// <param name="Reason">One sentence for people: what happened and what helps.</param>
public readonly record struct HealthFinding(HealthLevel Level, string Part, string Reason);

/// <summary>
/// A part of the node that can be unwell. Any number of them may be registered; the node's health is the worst finding of all.
/// </summary>
public interface IHealthSource
{
    /// <summary>Adds what is wrong at this moment; nothing when all is well. Cheap, never blocks: it is asked once a second.</summary>
    void Examine(ICollection<HealthFinding> findings);
}
