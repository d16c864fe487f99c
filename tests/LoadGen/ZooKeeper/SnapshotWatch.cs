using System.Diagnostics;

namespace LoadGen.ZooKeeper;

/// <summary>
/// Sees when a server takes snapshots, from outside: a file among them that ends in <c>.new</c>, or one that grew a moment ago. So writes
/// of one and the same load are told apart: those beside a snapshot and those beside none.
/// </summary>
internal sealed class SnapshotWatch : IDisposable
{
    private const int LookMs = 2;
    private const double SettleMs = 100;
    private readonly string _data;
    private readonly Thread _thread;
    private readonly List<(long Start, long End)> _spans = [];
    private volatile bool _isStopping;

    public SnapshotWatch(string data)
    {
        _data = data;
        _thread = new Thread(Run) { Name = "snapshot-watch", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Snapshots that were seen; after <see cref="Dispose"/>.</summary>
    public int Count => _spans.Count;

    /// <summary>Seconds in which one was taken; after <see cref="Dispose"/>.</summary>
    public double Seconds => _spans.Sum(s => Stopwatch.GetElapsedTime(s.Start, s.End).TotalSeconds);

    /// <summary>Whether a snapshot was taken at any moment between the two; after <see cref="Dispose"/>.</summary>
    public bool WasBetween(long start, long end) => _spans.Exists(s => s.Start <= end && start <= s.End);

    public void Dispose()
    {
        _isStopping = true;
        _thread.Join();
    }

    public static IEnumerable<string> Files(string data) =>
        Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories)
            .Where(f => f.Contains("snapshots/", StringComparison.Ordinal) || Path.GetFileName(f).StartsWith("snapshot.", StringComparison.Ordinal));

    private void Run()
    {
        var lengths = Lengths();
        long? since = null;
        long last = 0;
        while (!_isStopping)
        {
            Thread.Sleep(LookMs);
            var now = Stopwatch.GetTimestamp();
            var found = Lengths();
            if (found.Any(f => f.Key.EndsWith(".new", StringComparison.Ordinal) || !lengths.TryGetValue(f.Key, out var before) || before != f.Value))
            {
                since ??= now;
                last = now;
            }
            else if (since is { } start && Stopwatch.GetElapsedTime(last, now).TotalMilliseconds > SettleMs)
            {
                _spans.Add((start, last));
                since = null;
            }

            lengths = found;
        }

        if (since is { } open)
        {
            _spans.Add((open, Stopwatch.GetTimestamp()));
        }
    }

    private Dictionary<string, long> Lengths()
    {
        while (true)
        {
            try
            {
                return Files(_data).ToDictionary(f => f, f => new FileInfo(f).Length);
            }
            catch (IOException)
            {
                // A file went while it was looked at: look again.
            }
        }
    }
}
