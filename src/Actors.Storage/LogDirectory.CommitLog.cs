using Actors.Storage.Devices;
using Actors.Storage.Directories;
using Actors.Storage.Faults;
using Actors.Storage.Tails;

namespace Actors.Storage;

/// <summary>The part of a round that goes to the commit log. Log thread.</summary>
public sealed partial class LogDirectory
{
    private readonly CommitLog? _commitLog;
    private readonly List<PartitionLog> _committed = [];

    /// <summary>
    /// Which logs of the round go to the commit log: small runs that are to be synced now. One that begins a segment, or has bytes in its
    /// file that only a sync of that file makes durable, is written to its own file.
    /// </summary>
    private void ChooseCommitted()
    {
        var batches = 0;
        var bytes = 0L;
        foreach (var log in _touched)
        {
            if (!IsCommitLogReady() || !log.Config.SyncsEveryRound || log.Config.PrewriteBytes > 0
                || log.QueuedRunBytes > Options.CommitLogRunBytes || log.HasUnprotected || _blocked.ContainsKey(log) || log.NeedsRoll(_taken, log.FirstQueued))
            {
                continue;
            }

            for (var i = log.FirstQueued; i >= 0; i = _taken[i].Next)
            {
                batches++;
            }

            bytes += log.QueuedRunBytes;
            if (!_commitLog!.HasRoom(batches, bytes))
            {
                BeginCheckpoint();
                if (!_commitLog.HasRoom(batches, bytes))
                {
                    break;
                }
            }

            log.IsCommitted = true;
            _committed.Add(log);
        }
    }

    /// <summary>One write and one sync for all logs of the round that have little to write.</summary>
    private void WriteCommitLog()
    {
        var segments = Buffer.Segments;
        segments.Clear();
        segments.Add(default);
        foreach (var log in _committed)
        {
            for (var i = log.FirstQueued; i >= 0; i = _taken[i].Next)
            {
                Place(ref _taken[i], segments);
                _commitLog!.Add(log.Entry.Number, Bytes(segments[^1], _taken[i].Info.SizeBytes));
            }
        }

        Reach(FaultPoint.BeforeWrite);
        Reach(FaultPoint.BeforeCommitLogWrite);
        _register.Sync(); // first: a round that names a log the register does not know says that the register is damaged
        _commitLog!.Write(segments);
        Reach(FaultPoint.AfterWrite);
        Reach(FaultPoint.AfterCommitLogWrite);
        Reach(FaultPoint.BeforeSync);
        _commitLog.Sync();
        Reach(FaultPoint.AfterSync);
        Reach(FaultPoint.AfterCommitLogSync);
        foreach (var log in _committed)
        {
            for (var i = log.FirstQueued; i >= 0; i = _taken[i].Next)
            {
                log.FoldCommitted(ref _taken[i], Buffer);
            }

            log.FirstQueued = -1;
            log.PublishWritten();
            if (log.UnwrittenBytes > Options.PartitionTailBytes / 2)
            {
                TryWriteUnwritten(log);
            }
        }
    }

    /// <summary>Puts a batch where it stays as tail, and adds it to the write; neighbours in a packed block are one part of it.</summary>
    private void Place(ref QueuedItem item, List<WriteSegment> segments)
    {
        switch (TailCache.Plan(item.Slice))
        {
            case TailPlan.Pack:
                item.Block = Tails.Pack(item.Slice.Span, NowMs, out item.Start);
                item.Block.Entries++; // holds the block until the batch has its entry
                item.Slice.Release();
                item.Slice = default;
                AddPart(segments, item.Block.Lease.Array, item.Start, item.Info.SizeBytes);
                break;
            case TailPlan.Keep:
                item.Block = Tails.Keep(item.Slice, NowMs);
                item.Block.Entries++;
                item.Start = item.Slice.Start;
                AddPart(segments, item.Slice.Lease!.Array, item.Start, item.Info.SizeBytes);
                item.Slice = default;
                break;
            default:
                AddPart(segments, item.Slice.Lease!.Array, item.Slice.Start, item.Info.SizeBytes);
                break;
        }
    }

    private static void AddPart(List<WriteSegment> segments, byte[] array, int start, int lengthBytes)
    {
        var last = segments[^1];
        if (last.Array == array && last.Start + last.LengthBytes == start)
        {
            segments[^1] = last with { LengthBytes = last.LengthBytes + lengthBytes };
        }
        else
        {
            segments.Add(new WriteSegment(array, start, lengthBytes));
        }
    }

    private static ReadOnlySpan<byte> Bytes(in WriteSegment segment, int lastBytes) =>
        segment.Array.AsSpan(segment.Start + segment.LengthBytes - lastBytes, lastBytes);
}
