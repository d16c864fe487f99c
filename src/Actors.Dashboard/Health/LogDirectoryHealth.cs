using System.Globalization;
using Actors.Model.Ports;

namespace Actors.Dashboard.Health;

/// <summary>Reads health from the log directories: a failed one is red, one without room is yellow.</summary>
/// <param name="partitions">The port that knows the directories.</param>
public sealed class LogDirectoryHealth(ILocalPartitions partitions) : IHealthSource
{
    /// <summary>Free space below which appends are refused: 1 GiB, the storage's own reserve.</summary>
    public const long ReserveBytes = 1L << 30;

    /// <inheritdoc />
    public void Examine(ICollection<HealthFinding> findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        foreach (var directory in partitions.LogDirectories)
        {
            if (directory.Failure is { } failure)
            {
                findings.Add(new HealthFinding(
                    HealthLevel.Red, "storage", $"Log directory {directory.Path} failed and serves nothing until the node restarts: {failure}"));
            }
            else if (directory.UsableBytes >= 0 && directory.UsableBytes < ReserveBytes)
            {
                var free = (directory.UsableBytes / 1048576).ToString(CultureInfo.InvariantCulture);
                findings.Add(new HealthFinding(
                    HealthLevel.Yellow,
                    "storage",
                    $"Disk full: {directory.Path} has {free} MiB left, less than the reserve of 1024 MiB; appends are refused until there is room."));
            }
        }
    }
}
