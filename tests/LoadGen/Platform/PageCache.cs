using System.Globalization;
using LoadGen.Report;

namespace LoadGen.Platform;

/// <summary>Lets earlier writes reach the disk, so that a run does not pay for the one before it.</summary>
internal static class PageCache
{
    private const long SettledBytes = 64 << 20;
    private const int PatienceMs = 60_000;
    private const int LookMs = 100;

    /// <summary>Waits until little is dirty or under way to the disk. Topics deleted in between drop their pages unwritten.</summary>
    public static void Settle(ProgressLine progress)
    {
        for (var waitedMs = 0; waitedMs < PatienceMs; waitedMs += LookMs)
        {
            var dirty = DirtyBytes();
            if (dirty < SettledBytes)
            {
                return;
            }

            progress.Say(string.Create(CultureInfo.InvariantCulture, $"letting the disk settle: {dirty / 1e6:N0} MB are dirty"));
            if (waitedMs == 0)
            {
                Libc.Sync();
            }

            Thread.Sleep(LookMs);
        }
    }

    public static long DirtyBytes() =>
        File.ReadLines("/proc/meminfo")
            .Where(l => l.StartsWith("Dirty:", StringComparison.Ordinal) || l.StartsWith("Writeback:", StringComparison.Ordinal))
            .Sum(l => 1024 * long.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
}
