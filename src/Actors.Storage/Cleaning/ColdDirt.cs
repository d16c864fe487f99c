using Actors.Model.Records;
using Actors.Storage.Devices;
using Actors.Storage.Formats;
using Actors.Storage.Register;
using Actors.Storage.Retention;

namespace Actors.Storage.Cleaning;

/// <summary>
/// Whether a compacted log that is not open is to be cleaned. Its checkpoint says whether there can be anything to clean
/// (<see cref="MayBeDue"/>, in memory); then its folder is looked into, on the background thread: names, lengths, the last entry of
/// a time index, the header of a segment's first batch. The numbers are those of <see cref="LogDirt"/>.
/// </summary>
internal static class ColdDirt
{
    /// <summary>Whether full segments lie beyond what was cleaned, or the active one may have to be rolled.</summary>
    public static bool MayBeDue(RegisterEntry entry, in CheckpointEntry checkpoint, LogConfig config) =>
        config.Compacts && checkpoint.SizeBytes > 0
            && ((entry.CleanedEnd < checkpoint.SegmentBase && checkpoint.SizeBytes > checkpoint.Position)
                || (config.MaxCompactionLagMs != long.MaxValue && checkpoint.Position > 0));

    /// <summary>Whether it is due; null where only an opening can say: what is there does not fit the checkpoint.</summary>
    /// <exception cref="StorageException">The folder cannot be read.</exception>
    public static bool? IsDue(
        IStorageDevice device, string folder, RegisterEntry entry, in CheckpointEntry checkpoint, LogConfig config, long nowMs)
    {
        if (ColdLook.FindCovered(device, folder, checkpoint) is not { } found)
        {
            return null;
        }

        var segments = found.Segments;
        var firstDirty = Math.Max(entry.CleanedEnd, checkpoint.LogStart);
        var dirt = new LogDirt { FirstDirtyOffset = firstDirty, EndOffset = firstDirty };
        for (var i = 0; i + 1 < segments.Count; i++)
        {
            var end = segments[i + 1].BaseOffset;
            if (end > firstDirty && ColdLook.AgesFromMs(device, segments, i, checkpoint) > nowMs - config.MinCompactionLagMs)
            {
                break;
            }

            var bytes = found.Lengths[i];
            dirt = end <= firstDirty ? dirt with { CleanBytes = dirt.CleanBytes + bytes } : dirt with
            {
                DirtyBytes = dirt.DirtyBytes + bytes,
                OldestDirtyMs = dirt.DirtyBytes == 0 ? FirstMs(device, segments[i].Path, config, nowMs) : dirt.OldestDirtyMs,
            };
        }

        return dirt.IsDue(config, nowMs)
            || (checkpoint.Position > 0 && config.MaxCompactionLagMs != long.MaxValue
                && nowMs - FirstMs(device, segments[^1].Path, config, nowMs) > config.MaxCompactionLagMs);
    }

    /// <summary>Time of a segment's first record, ms since 1970; not read where nobody asks how old it is.</summary>
    private static long FirstMs(IStorageDevice device, string path, LogConfig config, long nowMs)
    {
        if (config.MaxCompactionLagMs == long.MaxValue)
        {
            return nowMs;
        }

        Span<byte> header = stackalloc byte[RecordBatch.HeaderBytes];
        using var file = device.Open(path, writable: false);
        return file.Read(header, 0) == header.Length ? Math.Min(nowMs, RecordBatch.ReadInfo(header).MaxTimestampMs) : nowMs;
    }
}
