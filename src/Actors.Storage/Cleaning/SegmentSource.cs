namespace Actors.Storage.Cleaning;

/// <summary>A segment as a cleaning sees it: full, synced, and not to change while the cleaning goes on.</summary>
/// <param name="BaseOffset">Its base offset.</param>
/// <param name="EndOffset">Base offset of the next one.</param>
/// <param name="SizeBytes">Bytes of its file.</param>
/// <param name="OffsetIndexBytes">Bytes of its offset index.</param>
/// <param name="TimeIndexBytes">Bytes of its time index.</param>
/// <param name="AppendedMs">Wall time of its last append.</param>
/// <param name="Path">Its file.</param>
internal sealed record SegmentSource(
    long BaseOffset, long EndOffset, long SizeBytes, long OffsetIndexBytes, long TimeIndexBytes, long AppendedMs, string Path)
{
    /// <summary>
    /// Neighbours that go into one new segment: by size, index size, and range of offsets (Kafka's groupSegmentsBySize), so that small
    /// segments do not remain for ever. Answers how many from <paramref name="from"/> on.
    /// </summary>
    public static int CountGroup(IReadOnlyList<SegmentSource> segments, int from, int maxBytes, int maxIndexBytes)
    {
        var first = segments[from];
        var (bytes, offsetIndexBytes, timeIndexBytes) = (first.SizeBytes, first.OffsetIndexBytes, first.TimeIndexBytes);
        var count = 1;
        for (; from + count < segments.Count; count++)
        {
            var next = segments[from + count];
            bytes += next.SizeBytes;
            offsetIndexBytes += next.OffsetIndexBytes;
            timeIndexBytes += next.TimeIndexBytes;
            if (bytes > maxBytes || offsetIndexBytes > maxIndexBytes || timeIndexBytes > maxIndexBytes
                || next.EndOffset - 1 - first.BaseOffset > int.MaxValue)
            {
                break;
            }
        }

        return count;
    }
}
