using Actors.Model.Records;
using Actors.Storage.Directories;
using Actors.Storage.Faults;
using Actors.Storage.Formats;
using Actors.Storage.Partitions;

namespace Actors.Storage;

/// <summary>Beginning segments: folder, file, and when one is full. Log thread.</summary>
public sealed partial class PartitionLog
{
    private readonly List<LogSegment> _dirtySegments = [];

    /// <summary>Kafka's LogSegment.shouldRoll: size, age by the batches' own time, full index, and relative offsets of 32 bits.</summary>
    private bool ShouldRoll(LogSegment active, long sizeBytes, in RecordBatchInfo info)
    {
        var config = Config;
        if (info.LastOffset - active.BaseOffset > int.MaxValue)
        {
            return true;
        }

        if (sizeBytes == 0)
        {
            return false;
        }

        var ageMs = active.FirstTimestampMs >= 0 ? info.MaxTimestampMs - active.FirstTimestampMs : _directory.WallMs - active.CreatedMs;
        return sizeBytes + info.SizeBytes > config.SegmentBytes
            || ageMs > (config.Compacts ? Math.Min(config.SegmentMs, config.MaxCompactionLagMs) : config.SegmentMs)
            || active.OffsetIndex.SizeBytes + active.OffsetIndex.EntryBytes > config.SegmentIndexBytes
            || active.TimeIndex.SizeBytes + active.TimeIndex.EntryBytes > config.SegmentIndexBytes;
    }

    private void Roll(long baseOffset, WriteBuffer buffer)
    {
        _directory.Reach(FaultPoint.BeforeRoll);
        if (Active is { } full)
        {
            WriteUnwritten(buffer);
            full.AppendTimeEntry();
            WriteIndexes(full);
            if (full.PrewrittenBytes > full.SizeBytes)
            {
                full.OpenFile().SetLength(full.SizeBytes);
                full.PrewrittenBytes = 0;
                full.IsDirty = true;
            }

            if (full.IsDirty || full.IndexesDirty)
            {
                _dirtySegments.Add(full);
            }
        }

        var next = new LogSegment(_directory.Device, Folder, baseOffset) { CreatedMs = _directory.WallMs, AppendedMs = _directory.WallMs };
        Volatile.Write(ref _segments, [.. _segments, next]);
        _directory.Reach(FaultPoint.AfterRoll);
    }

    /// <summary>Makes folder and file if they are not there.</summary>
    private void EnsureFile(LogSegment segment)
    {
        if (segment.HasFile)
        {
            return;
        }

        if (!FolderExists)
        {
            MakeFolder();
        }

        segment.OpenFile();
        NamesDirty |= segment.FileBytes == 0;
    }

    private void MakeFolder()
    {
        _directory.Device.CreateDirectory(Folder);
        var path = Path.Combine(Folder, FileText.MetadataFile);
        using (var file = _directory.Device.Open(path, writable: true))
        {
            // Not synced on its own: the register says whose folder this is, and an opening writes the file again if it is not whole.
            file.SetLength(0);
            file.Write(FileText.Utf8(FileText.FormatMetadata(Id.TopicId)), 0);
        }

        FolderExists = true;
        NamesDirty = true;
        _directory.NoteFolderMade();
    }

    /// <summary>Writes zeros ahead of the end, where the log asks for it: overwriting needs no change of the file's map at a sync.</summary>
    private void Prewrite(LogSegment segment, long endBytes)
    {
        if (Config.PrewriteBytes <= 0 || endBytes <= segment.PrewrittenBytes)
        {
            return;
        }

        var from = Math.Max(segment.PrewrittenBytes, segment.SizeBytes);
        var to = (endBytes + Config.PrewriteBytes - 1) / Config.PrewriteBytes * Config.PrewriteBytes;
        to = Math.Max(endBytes, Math.Min(to, Config.SegmentBytes));
        var zeros = _directory.Zeros;
        for (var at = from; at < to; at += zeros.Length)
        {
            segment.OpenFile().Write(zeros.AsSpan(0, (int)Math.Min(zeros.Length, to - at)), at);
        }

        segment.PrewrittenBytes = to;
    }

    private void WriteIndexes(LogSegment segment)
    {
        if (!segment.OffsetIndex.HasUnwritten && !segment.TimeIndex.HasUnwritten)
        {
            return;
        }

        _directory.Reach(FaultPoint.BeforeIndex);
        NamesDirty |= segment.OffsetIndex.Count > 0;
        segment.OffsetIndex.Write();
        segment.TimeIndex.Write();
        _directory.Reach(FaultPoint.AfterIndex);
    }
}
