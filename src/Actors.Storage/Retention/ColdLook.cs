using System.Buffers.Binary;
using Actors.Storage.Devices;
using Actors.Storage.Formats;
using Actors.Storage.Partitions;
using Actors.Storage.Register;

namespace Actors.Storage.Retention;

/// <summary>
/// Retention of a log that is not open. Its checkpoint says when it is due (<see cref="IsDue"/>, in memory); then its folder is looked
/// into, on the background thread: names, lengths, and the last entry of a time index. Nothing is changed here.
/// </summary>
internal static class ColdLook
{
    private const int TimeEntryBytes = 12;

    /// <summary>Whether retention has something to do. False where the age is not known: such a log is opened first.</summary>
    public static bool IsDue(in CheckpointEntry checkpoint, LogConfig config, long nowMs) =>
        checkpoint is { SizeBytes: > 0, Age.IsKnown: true }
            && (IsTooOld(checkpoint.Age.OldestMs, config, nowMs)
                || (config.RetentionBytes >= 0 && checkpoint.SizeBytes - checkpoint.Age.OldestBytes >= config.RetentionBytes));

    /// <summary>
    /// What <see cref="PartitionLog.FindRetained"/> would find if the log were open and everything in it committed. Null where only an
    /// opening can say: records lie beyond the checkpoint, or what is there does not fit it.
    /// </summary>
    /// <exception cref="StorageException">The folder cannot be read.</exception>
    public static ColdMove? Run(IStorageDevice device, string folder, RegisterEntry entry, in CheckpointEntry checkpoint, LogConfig config, long nowMs)
    {
        if (FindCovered(device, folder, checkpoint) is not { } found)
        {
            return null;
        }

        var (segments, lengths, dropped) = found;
        var (logStart, sizeBytes, at) = (checkpoint.LogStart, checkpoint.SizeBytes, 0);
        var excess = config.RetentionBytes < 0 ? -1 : sizeBytes - config.RetentionBytes;
        for (; at < segments.Count; at++)
        {
            var isTooOld = IsTooOld(AgesFromMs(device, segments, at, checkpoint), config, nowMs);
            excess -= lengths[at];
            if (lengths[at] == 0 || (!isTooOld && (config.RetentionBytes < 0 || excess < 0)))
            {
                break;
            }

            dropped.Add(segments[at]);
            sizeBytes -= lengths[at];
            logStart = at + 1 < segments.Count ? segments[at + 1].BaseOffset : checkpoint.RecoveryPoint;
        }

        var isEmpty = at == segments.Count;
        var to = checkpoint with
        {
            LogStart = Math.Max(checkpoint.LogStart, logStart),
            SizeBytes = sizeBytes,
            SegmentBase = isEmpty ? checkpoint.RecoveryPoint : checkpoint.SegmentBase,
            Position = isEmpty ? 0 : checkpoint.Position,
            Age = isEmpty || lengths[at] == 0
                ? LogAge.Unknown
                : new LogAge(AgesFromMs(device, segments, at, checkpoint), checkpoint.Age.NewestMs, lengths[at]),
        };
        return new ColdMove(entry, checkpoint, to, isEmpty ? -1 : segments[at].BaseOffset, dropped);
    }

    /// <summary>
    /// The segments of which a checkpoint tells, their lengths, and what lies below its start; null where what is there does not fit it.
    /// </summary>
    /// <exception cref="StorageException">The folder cannot be read.</exception>
    public static (List<LogSegment> Segments, List<long> Lengths, List<LogSegment> LeftBehind)? FindCovered(
        IStorageDevice device, string folder, in CheckpointEntry checkpoint)
    {
        var segments = FindSegments(device, folder);
        var left = TakeLeftBehind(segments, checkpoint);
        var lengths = segments.ConvertAll(s => device.GetLength(s.Path));
        return segments.Count == 0 || Cleaning.SegmentSwap.IsNoted(device, folder)
            || segments[^1].BaseOffset != checkpoint.SegmentBase || lengths[^1] != checkpoint.Position || lengths.Sum() != checkpoint.SizeBytes
            ? null : (segments, lengths, left);
    }

    private static bool IsTooOld(long agesFromMs, LogConfig config, long nowMs) => config.RetentionMs >= 0 && nowMs - agesFromMs > config.RetentionMs;

    private static List<LogSegment> FindSegments(IStorageDevice device, string folder)
    {
        var segments = new List<LogSegment>();
        foreach (var name in device.List(folder))
        {
            if (FileText.TryParseOffset(name, FileText.LogSuffix, out var baseOffset))
            {
                segments.Add(new LogSegment(device, folder, baseOffset));
            }
        }

        segments.Sort(static (a, b) => a.BaseOffset.CompareTo(b.BaseOffset));
        return segments;
    }

    /// <summary>What an earlier move left behind, and a crash or a stop kept from being deleted.</summary>
    private static List<LogSegment> TakeLeftBehind(List<LogSegment> segments, in CheckpointEntry checkpoint)
    {
        var left = new List<LogSegment>();
        while (segments.Count > 1 && segments[1].BaseOffset <= checkpoint.LogStart && segments[0].BaseOffset < checkpoint.SegmentBase)
        {
            left.Add(segments[0]);
            segments.RemoveAt(0);
        }

        return left;
    }

    /// <summary>
    /// From when a segment's age counts. The newest segment's index need not reach its end, so the log's newest time stands for it; a closed
    /// one's last entry is its greatest timestamp, and later than the log's newest time only if it lies in the future.
    /// </summary>
    public static long AgesFromMs(IStorageDevice device, List<LogSegment> segments, int at, in CheckpointEntry checkpoint)
    {
        var newestMs = checkpoint.Age.NewestMs;
        if (at == 0 && segments[0].BaseOffset == checkpoint.SegmentBase)
        {
            return checkpoint.Age.OldestMs;
        }

        if (at == segments.Count - 1)
        {
            return newestMs;
        }

        var path = segments[at].TimeIndex.Path;
        var entries = device.GetLength(path) / TimeEntryBytes;
        if (entries <= 0)
        {
            return newestMs;
        }

        Span<byte> entry = stackalloc byte[TimeEntryBytes];
        using var file = device.Open(path, writable: false);
        var timestampMs = file.Read(entry, (entries - 1) * TimeEntryBytes) == TimeEntryBytes ? BinaryPrimitives.ReadInt64BigEndian(entry) : -1;
        return timestampMs < 0 ? newestMs : Math.Min(timestampMs, newestMs);
    }
}
