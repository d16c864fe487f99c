using Actors.Storage.Devices;
using Actors.Storage.Formats;

namespace Actors.Storage.Cleaning;

/// <summary>What a crash has left of a cleaning, at an opening: a swap that was noted is finished, all else is dropped. Doing it twice does no harm.</summary>
internal static class SwapRecovery
{
    private static readonly string[] s_kinds = [FileText.IndexSuffix, FileText.TimeIndexSuffix, FileText.LogSuffix];

    /// <summary>
    /// Finishes or drops; answers the swap that was noted, or null. What lies wholly below <paramref name="logStart"/>, the log's durable
    /// start, may be gone already.
    /// </summary>
    /// <exception cref="StorageCorruptionException">The note, or what it names, is damaged; the files are as they were.</exception>
    public static SwapFormat? Run(IStorageDevice device, string folder, IReadOnlyList<string> names, long logStart)
    {
        var swap = names.Contains(SwapFormat.FileName)
            ? SwapFormat.Read(DurableFile.Read(device, Path.Combine(folder, SwapFormat.FileName)))
                ?? throw new StorageCorruptionException(
                    $"{Path.Combine(folder, SwapFormat.FileName)} is damaged: it does not say which segments are to be replaced")
            : null;
        if (swap is not null)
        {
            Check(device, folder, swap, logStart);
            Finish(device, folder, swap);
        }

        foreach (var name in names)
        {
            if (IsLeft(name))
            {
                device.DeleteFile(Path.Combine(folder, name));
            }
        }

        return swap;
    }

    /// <summary>A loss is accepted: what the note may have meant is kept, out of the way.</summary>
    public static void KeepAside(IStorageDevice device, string folder, IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (name == SwapFormat.FileName || IsLeft(name))
            {
                var free = Path.Combine(folder, name + FileText.TornSuffix);
                for (var n = 1; device.GetLength(free) >= 0; n++)
                {
                    free = Path.Combine(folder, $"{name}{FileText.TornSuffix}.{n}");
                }

                device.Rename(Path.Combine(folder, name), free);
            }
        }
    }

    /// <summary>Each new segment is there in full, under the one name or the other.</summary>
    private static void Check(IStorageDevice device, string folder, SwapFormat swap, long logStart)
    {
        foreach (var segment in swap.New)
        {
            var path = PathOf(folder, segment.BaseOffset, FileText.LogSuffix);
            var waits = device.GetLength(path + FileText.SwapSuffix);
            var length = waits >= 0 ? waits : device.GetLength(path);
            if (length != segment.SizeBytes && !(length < 0 && segment.EndOffset <= logStart))
            {
                throw new StorageCorruptionException(
                    $"{path} has {Math.Max(0, length)} bytes, and {segment.SizeBytes} of it were synced when older segments were replaced with it");
            }
        }
    }

    private static void Finish(IStorageDevice device, string folder, SwapFormat swap)
    {
        foreach (var segment in swap.New)
        {
            foreach (var kind in s_kinds)
            {
                var path = PathOf(folder, segment.BaseOffset, kind);
                if (device.GetLength(path + FileText.SwapSuffix) >= 0)
                {
                    device.Rename(path + FileText.SwapSuffix, path);
                }
            }
        }

        var made = swap.New.Select(s => s.BaseOffset).ToHashSet();
        foreach (var segment in swap.Old.Where(s => !made.Contains(s.BaseOffset)))
        {
            foreach (var kind in s_kinds)
            {
                device.DeleteFile(PathOf(folder, segment.BaseOffset, kind));
            }
        }

        device.SyncDirectory(folder);
    }

    /// <summary>Whether a name is one of a segment's files with a suffix that only cleaning gives.</summary>
    private static bool IsLeft(string name)
    {
        foreach (var suffix in new[] { FileText.CleanedSuffix, FileText.SwapSuffix, FileText.DeletedSuffix })
        {
            if (Array.Exists(s_kinds, k => FileText.TryParseOffset(name, k + suffix, out _)))
            {
                return true;
            }
        }

        return false;
    }

    private static string PathOf(string folder, long baseOffset, string kind) => Path.Combine(folder, FileText.OffsetName(baseOffset, kind));
}
