using System.Globalization;
using System.Runtime.InteropServices;

namespace LoadGen.Platform;

/// <summary>What the figures were taken on, in one line.</summary>
internal static class Machine
{
    public static string Describe(string workDirectory)
    {
        var model = Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = Field("/proc/meminfo", "MemTotal")?.Split(' ')[0] is { } kilobytes
            ? long.Parse(kilobytes, CultureInfo.InvariantCulture) / 1048576.0
            : 0;
        var load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} × {model}, {memory:N0} GiB, Linux {Environment.OSVersion.Version}, "
                + $"{FileSystem(workDirectory)}, {RuntimeInformation.FrameworkDescription}; "
                + $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm} UTC, load average at the end {load}.");
    }

    private static string? Field(string file, string name) => File.ReadLines(file)
        .Where(l => l.StartsWith(name, StringComparison.Ordinal))
        .Select(l => l[(l.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
        .FirstOrDefault();

    private static string FileSystem(string directory)
    {
        var path = Path.GetFullPath(directory);
        var mount = File.ReadLines("/proc/mounts").Select(l => l.Split(' '))
            .Where(m => path.StartsWith(m[1], StringComparison.Ordinal)).MaxBy(m => m[1].Length);
        return mount is null ? "unknown file system" : mount[2];
    }
}
