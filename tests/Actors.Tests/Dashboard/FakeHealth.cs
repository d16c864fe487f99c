using Actors.Model.Ports;

namespace Actors.Tests.Dashboard;

/// <summary>A part of the node that says what a test tells it to.</summary>
internal sealed class FakeHealth : IHealthSource
{
    public List<HealthFinding> Findings { get; } = [];

    public void Examine(ICollection<HealthFinding> findings) => Findings.ForEach(findings.Add);
}
