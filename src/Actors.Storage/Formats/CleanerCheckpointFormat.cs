using System.Globalization;
using System.Text;

namespace Actors.Storage.Formats;

/// <summary>
/// The file <c>cleaner-offset-checkpoint</c> of a log directory, Kafka's OffsetCheckpointFile: a line with version 0, a line with the number
/// of entries, then <c>TOPIC PARTITION OFFSET</c> lines. Everything below the offset was cleaned.
/// </summary>
internal static class CleanerCheckpointFormat
{
    public const string FileName = "cleaner-offset-checkpoint";

    public static byte[] Write(IReadOnlyCollection<(LogIdentity Log, long Offset)> entries)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"0\n{entries.Count}\n");
        foreach (var (log, offset) in entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"{log.Topic} {log.Id.Partition} {offset}\n");
        }

        return FileText.Utf8(text.ToString());
    }

    /// <summary>Offsets by the names of folders, or null if the bytes are something else.</summary>
    public static Dictionary<string, long>? Read(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length < 2 || lines[0] != "0" || !int.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count != lines.Length - 2)
        {
            return null;
        }

        var offsets = new Dictionary<string, long>(count, StringComparer.Ordinal);
        foreach (var line in lines.AsSpan(2))
        {
            var fields = line.Split(' ');
            if (fields.Length != 3 || !int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
                || !long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            {
                return null;
            }

            offsets[$"{fields[0]}-{partition}"] = offset;
        }

        return offsets;
    }
}
