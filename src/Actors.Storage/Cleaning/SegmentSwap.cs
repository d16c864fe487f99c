using Actors.Storage.Devices;
using Actors.Storage.Faults;
using Actors.Storage.Formats;
using Actors.Storage.Partitions;

namespace Actors.Storage.Cleaning;

/// <summary>
/// Puts cleaned segments in the place of those they were made from, so that a crash at any step leaves either:
/// <list type="number">
/// <item><see cref="Prepare"/>: <c>.cleaned</c> files, synced, are renamed to <c>.swap</c>, the folder is synced, then the note
/// (<see cref="SwapFormat"/>) is written and synced. Without the note an opening drops them; with it, it does what follows.</item>
/// <item>The log thread publishes the new segments to readers.</item>
/// <item><see cref="Place"/>: old files are renamed to <c>.deleted</c>, new ones lose their suffix, the folder is synced. Readers that hold an
/// old file go on with it; none opens one by name any more.</item>
/// <item>A checkpoint with the new sizes is published; then <see cref="End"/> takes the note away.</item>
/// </list>
/// </summary>
internal sealed class SegmentSwap(IStorageDevice device, string folder, IFaultPoints? faults)
{
    private readonly List<SwappedSegment> _old = [];
    private readonly List<SwappedSegment> _new = [];

    /// <summary>Base offsets of the groups' old segments, and the segments that take their place; in order.</summary>
    public List<(IReadOnlyList<long> Old, IReadOnlyList<LogSegment> New)> Groups { get; } = [];

    /// <summary>Bytes of the new segments.</summary>
    public long NewBytes => _new.Sum(s => s.SizeBytes);

    /// <summary>Bytes of the old segments.</summary>
    public long OldBytes => _old.Sum(s => s.SizeBytes);

    /// <summary>Number of new segments.</summary>
    public int NewSegments => _new.Count;

    public void Add(IReadOnlyList<SegmentSource> group, IReadOnlyList<LogSegment> made)
    {
        _old.AddRange(group.Select(s => new SwappedSegment(s.BaseOffset, s.EndOffset, s.SizeBytes)));
        for (var i = 0; i < made.Count; i++)
        {
            var end = i + 1 < made.Count ? made[i + 1].BaseOffset : group[^1].EndOffset;
            _new.Add(new SwappedSegment(made[i].BaseOffset, end, made[i].SizeBytes));
        }

        Groups.Add(([.. group.Select(s => s.BaseOffset)], made));
    }

    /// <summary>From its end on the swap happens, whatever else does. Cleaner's thread.</summary>
    public void Prepare()
    {
        faults?.Reach(FaultPoint.BeforeSwap);
        foreach (var segment in Groups.SelectMany(g => g.New))
        {
            segment.Rename(FileText.SwapSuffix);
        }

        device.SyncDirectory(folder);
        DurableFile.Replace(device, NotePath, new SwapFormat(_old, _new).Write(), faults);
        faults?.Reach(FaultPoint.AfterSwap);
    }

    /// <summary>Gives the new segments their names; the old ones are to be deleted later. Cleaner's thread.</summary>
    public void Place(IReadOnlyList<LogSegment> old)
    {
        faults?.Reach(FaultPoint.BeforeSwapRename);
        foreach (var segment in old)
        {
            segment.Remove();
            segment.Rename(FileText.DeletedSuffix);
        }

        foreach (var segment in Groups.SelectMany(g => g.New))
        {
            segment.Rename("");
        }

        faults?.Reach(FaultPoint.AfterSwapRename);
        device.SyncDirectory(folder);
    }

    /// <summary>Takes a swap's note away: a checkpoint counts on the new segments. Cleaner's thread.</summary>
    public static void End(IStorageDevice device, string folder, IFaultPoints? faults)
    {
        faults?.Reach(FaultPoint.BeforeSwapEnd);
        device.DeleteFile(Path.Combine(folder, SwapFormat.FileName));
        device.SyncDirectory(folder);
        faults?.Reach(FaultPoint.AfterSwapEnd);
    }

    /// <summary>Whether a note lies in the folder.</summary>
    public static bool IsNoted(IStorageDevice device, string folder) => device.GetLength(Path.Combine(folder, SwapFormat.FileName)) >= 0;

    private string NotePath => Path.Combine(folder, SwapFormat.FileName);
}
