using System.Diagnostics;
using Actors.Model.Records;
using Actors.Storage.Devices;
using Actors.Storage.Directories;
using Actors.Storage.Faults;
using Actors.Storage.Tails;

namespace Actors.Storage;

/// <summary>Writing: runs of batches into the active segment, or from the commit log's tail into it later. Log thread.</summary>
public sealed partial class PartitionLog
{
    /// <summary>First batch of the log in the round at hand, an index into the round's items; -1: none.</summary>
    internal int FirstQueued = -1;
    /// <summary>Last batch of the log in the round at hand.</summary>
    internal int LastQueued = -1;
    /// <summary>Bytes of the log in the round at hand.</summary>
    internal int QueuedRunBytes;
    /// <summary>Whether the round at hand puts the log's batches into the commit log.</summary>
    internal bool IsCommitted;

    private SyncMark _written;
    private SyncMark _synced;

    /// <summary>Bytes written to the files that are in no commit log and not synced.</summary>
    internal long UnprotectedBytes => _written.Bytes - _synced.Bytes;

    /// <summary>Records written since the last sync, for flush.messages.</summary>
    internal long UnsyncedRecords => _written.Records - _synced.Records;

    /// <summary>When the oldest record that is not synced was written, for flush.ms; ms of the monotonic clock.</summary>
    internal long UnsyncedSinceMs { get; private set; }

    /// <summary>Bytes that are in memory and the commit log only.</summary>
    internal long UnwrittenBytes => _tail.UnwrittenBytes;

    /// <summary>Whether what was written to the files is neither synced nor in the commit log.</summary>
    internal bool HasUnprotected => UnprotectedEnd > FileSyncedEnd;

    /// <summary>Whether the next batch begins a new segment.</summary>
    internal bool NeedsRoll(in RecordBatchInfo info) => Active is not { } active || ShouldRoll(active, active.SizeBytes, info);

    /// <summary>Whether one of a chain of batches begins a new segment.</summary>
    internal bool NeedsRoll(QueuedItem[] items, int first)
    {
        if (Active is not { } active)
        {
            return true;
        }

        var size = active.SizeBytes;
        for (var i = first; i >= 0; i = items[i].Next)
        {
            if (ShouldRoll(active, size, items[i].Info))
            {
                return true;
            }

            size += items[i].Info.SizeBytes;
        }

        return false;
    }

    /// <summary>
    /// Writes a chain of items to the files. Items that were written are released, or kept as the tail. Answers the first item that was
    /// not written because the disk is full, or -1.
    /// </summary>
    internal int WriteDirect(QueuedItem[] items, int first, WriteBuffer buffer)
    {
        try
        {
            WriteUnwritten(buffer);
            while (first >= 0)
            {
                first = WriteRun(items, first, buffer);
            }
        }
        catch (StorageException e) when (e.IsNoSpace)
        {
            CutBack();
        }

        return first;
    }

    /// <summary>Writes what is in the commit log and in memory only to the segment's file. Throws if the disk is full.</summary>
    internal void WriteUnwritten(WriteBuffer buffer)
    {
        if (_tail.UnwrittenBytes == 0)
        {
            return;
        }

        var active = Active!;
        Debug.Assert(active.FileBytes + _tail.UnwrittenBytes == active.SizeBytes, "file and tail do not add up to the segment");
        buffer.Segments.Clear();
        _tail.AddUnwritten(buffer.Segments);
        EnsureFile(active);
        _directory.Reach(FaultPoint.BeforeWrite);
        active.OpenFile().Write(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(buffer.Segments), active.FileBytes);
        _directory.Reach(FaultPoint.AfterWrite);
        active.IsDirty = true;
        active.FileBytes = active.SizeBytes;
        _tail.MarkWritten();
        _tail.Trim(_directory.Options.PartitionTailBytes);
    }

    /// <summary>Takes up a batch that the commit log holds: it is readable from the tail, and in the file later.</summary>
    internal void FoldCommitted(ref QueuedItem item, WriteBuffer buffer)
    {
        if (item.Block is { } block)
        {
            Fold(item.Info);
            _tail.Push(this, block, item.Start, item.Info, isWritten: false);
            _directory.Tails.Remove(block);
            item.Block = null;
            return;
        }

        // Too large to pack and too small for its lease: straight into the file, which a later sync covers as the commit log does now.
        try
        {
            WriteUnwritten(buffer);
            var active = Active!;
            EnsureFile(active);
            active.OpenFile().Write(item.Slice.Span, active.FileBytes);
            active.IsDirty = true;
            active.FileBytes += item.Info.SizeBytes;
            Fold(item.Info);
            _tail.Trim(0);
            item.Slice.Release();
        }
        catch (StorageException e) when (e.IsNoSpace)
        {
            Fold(item.Info);
            _tail.Push(this, _directory.Tails.Keep(item.Slice, _directory.NowMs), item.Slice.Start, item.Info, isWritten: false);
        }

        item.Slice = default;
    }

    /// <summary>Publishes what was folded: readers may have it.</summary>
    internal void PublishWritten()
    {
        Volatile.Write(ref _writtenEnd, NextOffset);
        Touch();
    }

    /// <summary>Publishes that everything below an offset is durable.</summary>
    internal void PublishSynced(long end)
    {
        if (end > _syncedEnd)
        {
            Volatile.Write(ref _syncedEnd, end);
        }
    }

    /// <summary>The files were synced; everything written when the sync began is durable.</summary>
    internal void NoteFilesSynced(LogCapture capture)
    {
        var (end, mark) = (capture.End, capture.Mark);
        _inFlight.Remove(capture);
        FileSyncedEnd = Math.Max(FileSyncedEnd, end);

        // A sync of a round and a checkpoint may overlap, and end in any order.
        _synced = new SyncMark(Math.Max(_synced.Bytes, mark.Bytes), Math.Max(_synced.Records, mark.Records));
        UnsyncedSinceMs = _directory.NowMs;
        Debug.Assert(UnprotectedBytes >= 0 && UnsyncedRecords >= 0, "more was synced than was written");
        PublishSynced(end);
    }

    /// <summary>Drops the tail up to and including what lies in a block. False if that cannot be, the disk being full.</summary>
    internal bool DropTailThrough(TailBlock block)
    {
        if (_tail.DropThrough(block))
        {
            return true;
        }

        try
        {
            WriteUnwritten(_directory.Buffer);
        }
        catch (StorageException e) when (e.IsNoSpace)
        {
            CutBack();
            _directory.NoteFull();
            return false;
        }

        return _tail.DropThrough(block);
    }

    /// <summary>Writes the items that fit into one segment; answers the next one, or -1.</summary>
    private int WriteRun(QueuedItem[] items, int first, WriteBuffer buffer)
    {
        ref var head = ref items[first];
        if (head.Info.BaseOffset < NextOffset)
        {
            throw new InvalidOperationException($"{this}: a batch at {head.Info.BaseOffset} was submitted behind {NextOffset}.");
        }

        if (NeedsRoll(head.Info))
        {
            Roll(head.Info.BaseOffset, buffer);
        }

        var active = Active!;
        EnsureFile(active);
        buffer.Segments.Clear();
        var size = active.SizeBytes;
        var end = first;
        var runBytes = 0L;
        while (end >= 0 && (end == first || !ShouldRoll(active, size, items[end].Info)) && runBytes < _directory.Options.MaxRoundBytes)
        {
            ref var item = ref items[end];
            buffer.Segments.Add(new WriteSegment(item.Slice.Lease!.Array, item.Slice.Start, item.Slice.LengthBytes));
            size += item.Info.SizeBytes;
            runBytes += item.Info.SizeBytes;
            end = item.Next;
        }

        _directory.Reach(FaultPoint.BeforeWrite);
        Prewrite(active, size);
        active.OpenFile().Write(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(buffer.Segments), active.SizeBytes);
        _directory.Reach(FaultPoint.AfterWrite);
        active.IsDirty = true;
        active.FileBytes = size;
        for (var i = first; i != end; i = items[i].Next)
        {
            Fold(items[i].Info);
            _written = _written with { Bytes = _written.Bytes + items[i].Info.SizeBytes };
            KeepAsTail(ref items[i]);
        }

        UnprotectedEnd = NextOffset;
        _directory.NoteWritten(runBytes);
        return end;
    }

    private void KeepAsTail(ref QueuedItem item)
    {
        switch (TailCache.Plan(item.Slice))
        {
            case TailPlan.Keep:
                _tail.Push(this, _directory.Tails.Keep(item.Slice, _directory.NowMs), item.Slice.Start, item.Info, isWritten: true);
                break;
            case TailPlan.Pack:
                var block = _directory.Tails.Pack(item.Slice.Span, _directory.NowMs, out var start);
                _tail.Push(this, block, start, item.Info, isWritten: true);
                item.Slice.Release();
                break;
            default:
                _tail.Trim(0);
                item.Slice.Release();
                break;
        }

        item.Slice = default;
        _tail.Trim(_directory.Options.PartitionTailBytes);
    }

    /// <summary>Folds a batch into everything that is derived from the log: indexes, epochs, producers.</summary>
    private void Fold(in RecordBatchInfo info)
    {
        Debug.Assert(info.BaseOffset >= NextOffset, "a batch was written below the log's end");
        Active!.Append(info, Config.IndexIntervalBytes);
        Active.AppendedMs = _directory.WallMs;
        if (info.LeaderEpoch > Epochs.LatestEpoch)
        {
            Epochs.Assign(info.LeaderEpoch, info.BaseOffset);
        }

        if (info.HasProducerId)
        {
            Producers.Apply(info, _directory.WallMs);
            _producersChanged = true;
        }

        if (info.MaxTimestampMs > _maxTimestampMs)
        {
            Volatile.Write(ref _maxTimestampMs, info.MaxTimestampMs);
        }

        if (UnsyncedRecords == 0)
        {
            UnsyncedSinceMs = _directory.NowMs;
        }

        _written = _written with { Records = _written.Records + info.LastOffsetDelta + 1 };
        NextOffset = info.NextOffset;
        Volatile.Write(ref _sizeBytes, _sizeBytes + info.SizeBytes);
        _directory.NoteDirty(this, info.SizeBytes);
    }

    /// <summary>After a write that did not fit: nothing half written stays behind the end.</summary>
    private void CutBack()
    {
        if (Active is { HasFile: true } active && Config.PrewriteBytes == 0)
        {
            var file = active.OpenFile();
            if (file.Length > active.FileBytes)
            {
                // Synced, or a power cut brings back what was cut, behind a log that has been opened or closed without it since.
                file.SetLength(active.FileBytes);
                file.Sync();
            }
        }
    }
}

/// <summary>How much a log has written to its files, or synced there, since it was opened.</summary>
/// <param name="Bytes">Bytes that are in no commit log.</param>
/// <param name="Records">Records.</param>
internal readonly record struct SyncMark(long Bytes, long Records);
