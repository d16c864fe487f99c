using Actors.Model.Ports;

namespace Actors.Dashboard.Health;

/// <summary>The node's health: the worst of what its parts say.</summary>
/// <param name="sources">The parts.</param>
public sealed class NodeHealth(IEnumerable<IHealthSource> sources)
{
    private volatile IHealthSource[] _sources = [.. sources];

    /// <summary>Adds a part that came to be after the node began to start. Called by the host only, one call at a time.</summary>
    public void Add(IHealthSource source) => _sources = [.. _sources, source];

    /// <summary>Asks every part.</summary>
    public HealthVerdict Examine()
    {
        var findings = new List<HealthFinding>();
        foreach (var source in _sources)
        {
            source.Examine(findings);
        }

        var level = HealthLevel.Green;
        foreach (var finding in findings)
        {
            level = finding.Level > level ? finding.Level : level;
        }

        return new HealthVerdict(level, findings);
    }
}

/// <summary>Outcome of <see cref="NodeHealth.Examine"/>.</summary>
/// <param name="Level">The worst level found.</param>
/// <param name="Findings">All that is not as it should be.</param>
public sealed record HealthVerdict(HealthLevel Level, IReadOnlyList<HealthFinding> Findings)
{
    /// <summary>The verdict in words.</summary>
    public string Words => Level switch
    {
        HealthLevel.Green => "All is well.",
        HealthLevel.Yellow => "Serving, but someone should look.",
        _ => "Part of this node does not serve.",
    };
}
