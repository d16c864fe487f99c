using System.Buffers.Binary;
using Actors.Model.Records;

namespace Actors.Storage.Recovery;

/// <summary>
/// Looks behind a place where a log stops being one: for the last batch that can be read there, and for one so far behind that a
/// crash cannot be the cause.
/// </summary>
internal static class DamageSearch
{
    /// <summary>What lies behind.</summary>
    /// <param name="FarBatchAt">Position of a good batch farther behind than the limit, or -1.</param>
    /// <param name="LastOffset">Last offset of a good batch seen, or -1.</param>
    /// <param name="OnlyZeros">Whether nothing but zeros was seen.</param>
    public readonly record struct Result(long FarBatchAt, long LastOffset, bool OnlyZeros);

    /// <summary>
    /// Searches from <paramref name="from"/> to the file's end. A batch counts only if its offset is not below
    /// <paramref name="expectedOffset"/> and its checksum matches. <paramref name="distance"/> is how far behind the damage
    /// <paramref name="from"/> lies already.
    /// </summary>
    public static Result Run(BatchScanner scanner, long from, long distance, long expectedOffset, long limitBytes)
    {
        var lastOffset = -1L;
        var onlyZeros = true;
        var position = from;
        while (position < scanner.FileBytes)
        {
            var window = scanner.Peek(position, int.MaxValue);
            onlyZeros &= !window.ContainsAnyExcept((byte)0);
            var at = 0;
            var next = position + Math.Max(1, window.Length - RecordBatch.HeaderBytes + 1);
            while (at + RecordBatch.HeaderBytes <= window.Length)
            {
                // The magic byte is what is quick to look for.
                var hit = window[(at + RecordBatch.MagicAt)..(window.Length - RecordBatch.HeaderBytes + RecordBatch.MagicAt + 1)].IndexOf(RecordBatch.Magic);
                if (hit < 0)
                {
                    break;
                }

                at += hit;
                var start = position + at;
                var isBatch = TryBatch(scanner, window[at..], start, expectedOffset, out var info);
                window = scanner.Peek(position, int.MaxValue); // the look at the whole batch may have replaced it
                if (isBatch)
                {
                    lastOffset = info.LastOffset;
                    if (start - from + distance > limitBytes)
                    {
                        return new Result(start, lastOffset, false);
                    }

                    next = start + info.SizeBytes;
                    break;
                }

                at++;
            }

            position = next;
        }

        return new Result(-1, lastOffset, onlyZeros);
    }

    private static bool TryBatch(BatchScanner scanner, ReadOnlySpan<byte> header, long position, long expectedOffset, out RecordBatchInfo info)
    {
        info = default;
        if (BatchScanner.CheckHeader(header, scanner.FileBytes - position, expectedOffset) is not null)
        {
            return false;
        }

        // Copied: to look at the whole batch may read the window anew.
        Span<byte> copy = stackalloc byte[RecordBatch.HeaderBytes];
        header[..RecordBatch.HeaderBytes].CopyTo(copy);
        var size = RecordBatch.SizeBytes(copy);
        if (BinaryPrimitives.ReadInt64BigEndian(copy) - expectedOffset > int.MaxValue || !scanner.TryPeekWhole(position, size, out var batch)
            || !RecordBatch.HasValidCrc(batch))
        {
            return false;
        }

        info = RecordBatch.ReadInfo(copy);
        return true;
    }
}
