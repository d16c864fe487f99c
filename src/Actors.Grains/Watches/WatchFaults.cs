using Actors.Model.Ports;

namespace Actors.Grains;

/// <summary>
/// Faults of this node by which watch subscriptions have ended: health is red until the node is started again. A subscriber that is gone or
/// takes nothing is no such fault.
/// </summary>
public sealed class WatchFaults : IHealthSource
{
    private readonly Lock _gate = new();
    private int _count;
    private string _last = "";

    /// <inheritdoc/>
    public void Examine(ICollection<HealthFinding> findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        lock (_gate)
        {
            if (_count > 0)
            {
                findings.Add(new HealthFinding(
                    HealthLevel.Red, "watches",
                    $"Watch subscriptions of C# services have ended by a fault of this node, {_count} so far; the last one: {_last} "
                    + "The log has the rest; their services open new ones. A restart begins afresh."));
            }
        }
    }

    /// <summary>Notes one; from any thread.</summary>
    internal void Add(Exception fault)
    {
        lock (_gate)
        {
            _count++;
            _last = fault.Message;
        }
    }
}
