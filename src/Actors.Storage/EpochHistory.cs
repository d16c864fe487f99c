using System.Globalization;

namespace Actors.Storage;

/// <summary>A leader epoch and its first offset.</summary>
public readonly record struct EpochStart(int Epoch, long StartOffset);

/// <summary>
/// The leader epochs of a log and where each starts: Kafka's LeaderEpochFileCache (KIP-101, KIP-279), kept in its text format
/// <c>leader-epoch-checkpoint</c>: a line with version 0, a line with the number of entries, then <c>EPOCH START</c> lines. Written
/// by one thread, read by any.
/// </summary>
public sealed class EpochHistory
{
    private readonly Lock _assigning = new();
    private EpochStart[] _entries;

    /// <summary>A history of these entries, in order.</summary>
    public EpochHistory(IEnumerable<EpochStart>? entries = null) => _entries = entries?.ToArray() ?? [];

    /// <summary>The entries in order.</summary>
    public IReadOnlyList<EpochStart> Entries => Volatile.Read(ref _entries);

    /// <summary>Latest epoch, or -1.</summary>
    public int LatestEpoch => Volatile.Read(ref _entries) is [.., var last] ? last.Epoch : -1;

    /// <summary>Changes since the file was written.</summary>
    internal int Version { get; private set; }

    /// <summary>Notes that <paramref name="epoch"/> begins at <paramref name="startOffset"/>; an epoch that is not newer changes nothing.</summary>
    public void Assign(int epoch, long startOffset)
    {
        lock (_assigning)
        {
            var entries = _entries;
            if (epoch <= LatestEpoch)
            {
                return;
            }

            // An epoch in which nothing was appended gives way to the next one at the same offset, as in Kafka.
            var kept = entries.Length;
            while (kept > 0 && entries[kept - 1].StartOffset >= startOffset)
            {
                kept--;
            }

            Volatile.Write(ref _entries, [.. entries.AsSpan(0, kept), new EpochStart(epoch, startOffset)]);
            Version++;
        }
    }

    /// <summary>
    /// The largest epoch not above <paramref name="epoch"/> and where it ends: the start of the next one, or
    /// <paramref name="logEnd"/> for the latest. (-1, -1) if the epoch is later than all, or there are none.
    /// </summary>
    public (int Epoch, long EndOffset) FindEnd(int epoch, long logEnd)
    {
        var entries = Volatile.Read(ref _entries);
        if (epoch < 0 || entries.Length == 0 || epoch > entries[^1].Epoch)
        {
            return (-1, -1);
        }

        if (epoch == entries[^1].Epoch)
        {
            return (epoch, logEnd);
        }

        var next = Array.FindIndex(entries, e => e.Epoch > epoch);
        return next == 0 ? (epoch, entries[0].StartOffset) : (entries[next - 1].Epoch, entries[next].StartOffset);
    }

    /// <summary>Forgets what begins at or beyond <paramref name="endOffset"/>: the log was cut there.</summary>
    public void TruncateEnd(long endOffset)
    {
        lock (_assigning)
        {
            Volatile.Write(ref _entries, [.. _entries.Where(e => e.StartOffset < endOffset)]);
            Version++;
        }
    }

    /// <summary>Forgets what ends at or below <paramref name="startOffset"/>: the log begins there, in the epoch it lies in.</summary>
    public void TruncateStart(long startOffset)
    {
        lock (_assigning)
        {
            var entries = _entries;
            var at = Array.FindLastIndex(entries, e => e.StartOffset <= startOffset);
            if (at > 0 || (at == 0 && entries[0].StartOffset < startOffset))
            {
                Volatile.Write(ref _entries, [entries[at] with { StartOffset = startOffset }, .. entries.AsSpan(at + 1)]);
                Version++;
            }
        }
    }

    /// <summary>The file's text.</summary>
    public string Format()
    {
        var entries = Volatile.Read(ref _entries);
        var text = new System.Text.StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"0\n{entries.Length}\n");
        foreach (var entry in entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"{entry.Epoch} {entry.StartOffset}\n");
        }

        return text.ToString();
    }

    /// <summary>Reads the file's text; null if it is not one.</summary>
    public static EpochHistory? Parse(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length < 2 || lines[0] != "0" || !int.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count > lines.Length - 2)
        {
            return null;
        }

        var entries = new EpochStart[count];
        for (var i = 0; i < count; i++)
        {
            var fields = lines[i + 2].Split(' ');
            if (fields.Length != 2
                || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
                || !long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                || (i > 0 && (epoch <= entries[i - 1].Epoch || start < entries[i - 1].StartOffset)))
            {
                return null;
            }

            entries[i] = new EpochStart(epoch, start);
        }

        return new EpochHistory(entries);
    }
}
