using System.Diagnostics;
using Actors.Storage.Devices;
using Actors.Storage.Faults;
using Actors.Storage.Partitions;

namespace Actors.Storage.Cleaning;

/// <summary>
/// One cleaning of one log: reads the dirty part into the map, then writes all segments below the map's end anew, in groups. It touches
/// nothing that the log uses: what it makes has names of its own until <see cref="SegmentSwap"/> puts it in place. Cleaner's thread.
/// </summary>
internal sealed class CleaningRun : IDisposable
{
    /// <summary>New bytes after which what is ready is put in place before more is written, 64 MiB: bounds the room a cleaning needs.</summary>
    private const long SwapBytes = 64L << 20;

    /// <summary>Segments that are put in place together at most.</summary>
    private const int SwapSegments = 1024;

    private readonly IStorageDevice _device;
    private readonly CleaningPlan _plan;
    private readonly IFaultPoints? _faults;
    private readonly SegmentReader _reader;
    private readonly KeyHash _hash = new();
    private OffsetMap? _map;
    private BatchFilter? _filter;
    private readonly List<LogSegment> _begun = [];
    private byte[]? _buffer;
    private int _next;

    public CleaningRun(IStorageDevice device, CleaningPlan plan, CleaningPace pace, IFaultPoints? faults)
    {
        _device = device;
        _plan = plan;
        _faults = faults;
        Pace = pace;
        _reader = new SegmentReader(device, pace);
    }

    /// <summary>How fast it goes, and whether it is to stop.</summary>
    public CleaningPace Pace { get; }

    /// <summary>What it is to do.</summary>
    public CleaningPlan Plan => _plan;

    /// <summary>End of what is clean once everything is in place; known when the map is made.</summary>
    public long CleanedEnd { get; private set; }

    /// <summary>Bytes of the dirty part that were read into the map.</summary>
    public long DirtyBytes { get; private set; }

    /// <summary>Bytes of the segments that were replaced, and of those that took their place.</summary>
    public (long Before, long After) Bytes { get; private set; }

    /// <summary>The next new segments; null: that was all.</summary>
    /// <exception cref="StorageCorruptionException">Damage was found.</exception>
    /// <exception cref="CleaningStoppedException">It was told to end.</exception>
    public SegmentSwap? Next()
    {
        if (_map is null)
        {
            BuildMap();
        }

        _begun.Clear();
        var swap = new SegmentSwap(_device, _plan.Folder, _faults);
        try
        {
            while (_next < _plan.Segments.Count && _plan.Segments[_next].BaseOffset < CleanedEnd
                && swap.NewBytes < SwapBytes && swap.NewSegments < SwapSegments)
            {
                var count = SegmentSource.CountGroup(_plan.Segments, _next, _plan.SegmentBytes, _plan.SegmentIndexBytes);
                CleanGroup([.. _plan.Segments.Skip(_next).Take(count)], swap);
                _next += count;
            }
        }
        finally
        {
            _reader.Close();
        }

        Bytes = (Bytes.Before + swap.OldBytes, Bytes.After + swap.NewBytes);
        return swap.NewSegments > 0 ? swap : null;
    }

    /// <summary>After a failure: deletes what was written and is not to be put in place.</summary>
    public void DropLeft()
    {
        try
        {
            if (!SegmentSwap.IsNoted(_device, _plan.Folder))
            {
                _begun.ForEach(s => s.DeleteFiles());
            }
        }
        catch (Exception)
        {
            // The failure that led here is the one that is told; the next opening deletes what is left.
        }
    }

    public void Dispose()
    {
        _reader.Close();
        _map?.Dispose();
        Pace.Dispose();
    }

    private void BuildMap()
    {
        _map = new OffsetMap(_plan.MapBytes, _plan.EndOffset - _plan.FirstDirtyOffset);
        var table = new RecordTable(_hash, _map);
        var plain = new PlainRecords();
        var latest = _plan.FirstDirtyOffset - 1;
        foreach (var segment in _plan.Segments.Where(s => s.EndOffset > _plan.FirstDirtyOffset))
        {
            DirtyBytes += segment.SizeBytes;
            var isFull = !TryMap(segment, table, plain, ref latest);
            if (isFull)
            {
                break;
            }

            latest = segment.EndOffset - 1;
        }

        _reader.Close();
        CleanedEnd = latest + 1;
        _filter = new BatchFilter(_map, table, _plan.Rules) { LatestOffset = latest };
    }

    /// <summary>Puts a segment's keys into the map; false when it is full, <paramref name="latest"/> being the last offset it knows of.</summary>
    private bool TryMap(SegmentSource segment, RecordTable table, PlainRecords plain, ref long latest)
    {
        _reader.Open(segment);
        while (_reader.TryNext())
        {
            var info = _reader.Info;
            if (info.LastOffset < _plan.FirstDirtyOffset)
            {
                continue;
            }

            if (info is { IsControl: false, RecordCount: > 0 })
            {
                if (!table.TryRead(plain.Read(info, _reader.Batch), info))
                {
                    throw new StorageCorruptionException($"{segment.Path}: the records of the batch at offset {info.BaseOffset} contradict their lengths");
                }

                foreach (ref readonly var place in table.Places)
                {
                    var offset = info.BaseOffset + place.OffsetDelta;
                    if (place.HasKey && offset >= _plan.FirstDirtyOffset && !_map!.TryPut(place.Key, offset))
                    {
                        return false;
                    }

                    latest = Math.Max(latest, offset);
                }
            }

            latest = Math.Max(latest, info.LastOffset);
        }

        return true;
    }

    private void CleanGroup(List<SegmentSource> group, SegmentSwap swap)
    {
        _faults?.Reach(FaultPoint.BeforeCleaning);
        var appendedMs = group.Max(s => s.AppendedMs);
        var made = new List<LogSegment>();
        var to = Begin(group[0].BaseOffset);
        try
        {
            foreach (var source in group)
            {
                _reader.Open(source);
                while (_reader.TryNext())
                {
                    to = Clean(to, made, appendedMs);
                }
            }

            to.Finish(appendedMs);
            made.Add(to.Segment);
        }
        finally
        {
            _buffer = to.Buffer;
            to.Dispose();
        }

        Debug.Assert(made[0].BaseOffset == group[0].BaseOffset, "a group begins where it began");
        swap.Add(group, made);
        _faults?.Reach(FaultPoint.AfterCleaning);
    }

    private CleanedSegment Clean(CleanedSegment to, List<LogSegment> made, long appendedMs)
    {
        var info = _reader.Info;
        var fate = _filter!.Filter(info, _reader.Batch);
        if (fate == BatchFate.Dropped)
        {
            to.NoteDropped(info, _reader.Batch.Span);
            return to;
        }

        var bytes = fate == BatchFate.Kept ? _reader.Batch.Span : _filter.Rewritten;
        if (!to.HasRoom(bytes.Length))
        {
            // Compressed anew, with a horizon, a batch may be larger than it was.
            to.Finish(appendedMs);
            made.Add(to.Segment);
            _buffer = to.Buffer;
            to = Begin(info.BaseOffset);
        }

        to.Add(fate == BatchFate.Kept ? info : Actors.Model.Records.RecordBatch.ReadInfo(bytes), bytes);
        return to;
    }

    private CleanedSegment Begin(long baseOffset)
    {
        var begun = new CleanedSegment(_device, _plan.Folder, baseOffset, _plan.IndexIntervalBytes, Pace, _buffer);
        _begun.Add(begun.Segment);
        return begun;
    }
}
