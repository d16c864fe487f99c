using System.Globalization;

namespace LoadGen.Platform;

/// <summary>What Linux knows about the server's process: CPU of all its threads, memory, open files.</summary>
internal sealed class ServerProcess(int pid) : IServerMeter
{
    private const double TicksPerSecond = 100; // USER_HZ
    private const int UserTimeField = 11;
    private const int SystemTimeField = 12;
    private const int ThreadsField = 17;

    public int Pid { get; } = pid;

    /// <summary>User and system CPU of the process so far, threads that have ended included, in seconds; steps of 10 ms.</summary>
    public double CpuSeconds
    {
        get
        {
            var fields = StatFields();
            return (Number(fields[UserTimeField]) + Number(fields[SystemTimeField])) / TicksPerSecond;
        }
    }

    public int Threads => (int)Number(StatFields()[ThreadsField]);

    public long ResidentBytes => StatusBytes("VmRSS:");

    /// <summary>Resident memory that is not backed by files.</summary>
    public long AnonymousBytes => StatusBytes("RssAnon:");

    public long PeakResidentBytes => StatusBytes("VmHWM:");

    public int OpenFiles => Directory.GetFileSystemEntries($"/proc/{Pid}/fd").Length;

    /// <summary>Open handles of regular files: neither sockets nor pipes, devices or kernel objects.</summary>
    public int OpenRegularFiles =>
        Directory.EnumerateFileSystemEntries($"/proc/{Pid}/fd")
            .Count(f => LinkTarget(f) is { } target && target.StartsWith('/') && !target.StartsWith("/dev/", StringComparison.Ordinal));

    /// <summary>Whether the process runs; one that has ended and is only not reaped yet does not.</summary>
    public bool IsAlive
    {
        get
        {
            try
            {
                return StatFields()[0] is not ("Z" or "X");
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    // The name in parentheses may hold blanks: fields are counted behind its last parenthesis, state first.
    private string[] StatFields()
    {
        var text = File.ReadAllText($"/proc/{Pid}/stat");
        return text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    private long StatusBytes(string name)
    {
        foreach (var line in File.ReadLines($"/proc/{Pid}/status"))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                return 1024 * Number(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim());
            }
        }

        return 0;
    }

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException)
        {
            return null; // closed meanwhile
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
