using Actors.Storage.Devices;
using Actors.Storage.Directories;
using Actors.Storage.Faults;
using Actors.Storage.Tails;

namespace Actors.Storage;

/// <summary>Rounds: what is queued is written, synced once, and told. Log thread.</summary>
public sealed partial class LogDirectory
{
    private readonly CommitLog? _commitLog;
    private readonly List<PartitionLog> _touched = [];
    private readonly List<PartitionLog> _committed = [];
    private readonly List<PartitionLog> _toSync = [];
    private readonly Dictionary<PartitionLog, Queue<QueuedItem>> _blocked = [];
    private QueuedItem[] _taken = new QueuedItem[64];
    private int _takenCount;
    private int _takenNext;

    /// <summary>Whether folders were made in the directory that are not synced.</summary>
    internal bool FoldersMade { get; set; }

    /// <summary>
    /// One round: takes what is queued, writes it in runs, syncs by policy, tells the sink, then keeps house (checkpoints, space,
    /// tails). False if nothing was there to do. Log thread.
    /// </summary>
    public bool RunRound()
    {
        if (_fault is not null)
        {
            DropQueued();
            return false;
        }

        try
        {
            LookAtClock();
            var busy = RunCompletions();
            _takenCount = _queue.Take(ref _taken);
            _takenNext = 0;
            while (_takenNext < _takenCount && _fault is null)
            {
                busy = true;
                RunPart();
            }

            return KeepHouse() | busy;
        }
        catch (Exception e)
        {
            // The lane of our own faults: whatever it is, this directory answers no more.
            Fail(e);
            return false;
        }
    }

    /// <summary>A part of what was taken: up to the limit of a round, or up to a piece of work.</summary>
    private void RunPart()
    {
        var bytes = 0L;
        var at = _takenNext;
        for (; at < _takenCount && _taken[at].Work is null && (bytes == 0 || bytes + _taken[at].Info.SizeBytes <= Options.MaxRoundBytes); at++)
        {
            bytes += _taken[at].Info.SizeBytes;
            Chain(at);
        }

        if (_touched.Count > 0 || _blocked.Count > 0)
        {
            WaitForUnsyncedRoom();
            RunBatches();
        }

        _taken.AsSpan(_takenNext, at - _takenNext).Clear();
        _takenNext = at;
        for (; _takenNext < _takenCount && _taken[_takenNext].Work is { } work; _takenNext++)
        {
            _taken[_takenNext] = default;
            work();
        }
    }

    private void Chain(int at)
    {
        ref var item = ref _taken[at];
        var log = item.Log!;
        item.Next = -1;
        if (log.IsClosed)
        {
            item.Slice.Release();
            item.Slice = default;
            return;
        }

        if (log.FirstQueued < 0)
        {
            log.FirstQueued = at;
            log.QueuedRunBytes = 0;
            _touched.Add(log);
        }
        else
        {
            _taken[log.LastQueued].Next = at;
        }

        log.LastQueued = at;
        log.QueuedRunBytes += item.Info.SizeBytes;
    }

    private void RunBatches()
    {
        if (!TryWriteRegister())
        {
            BlockAll();
            return;
        }

        ChooseCommitted();
        foreach (var log in _touched)
        {
            if (log.FirstQueued >= 0)
            {
                WriteToFiles(log);
            }
        }

        RetryBlocked();
        TellUnsynced();
        if (_committed.Count > 0)
        {
            WriteCommitLog();
        }

        SyncFiles();
        foreach (var log in _committed)
        {
            log.IsCommitted = false;
            log.PublishSynced(log.NextOffset);
            _sink.OnWritten(log, log.WrittenEnd, log.SyncedEnd);
        }

        _sink.OnRoundEnd();
        _touched.Clear();
        _committed.Clear();
        if (Tails.HeldBytes > Options.TailBytes)
        {
            Tails.Trim(Options.TailBytes);
        }
    }

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

    private void WriteToFiles(PartitionLog log)
    {
        if (log.IsCommitted)
        {
            return;
        }

        var first = log.FirstQueued;
        log.FirstQueued = -1;
        if (_blocked.TryGetValue(log, out var queue))
        {
            Block(queue, first);
            return;
        }

        var before = log.NextOffset;
        var left = log.WriteDirect(_taken, first, Buffer);
        if (left >= 0)
        {
            NoteFull();
            _blocked.Add(log, queue = new Queue<QueuedItem>());
            Block(queue, left);
        }

        NoteWrittenTo(log, before);
    }

    private void NoteWrittenTo(PartitionLog log, long before)
    {
        if (log.NextOffset != before)
        {
            log.PublishWritten();
            _toSync.Add(log);
        }
    }

    private bool TryWriteRegister()
    {
        try
        {
            _register.Write();
            return true;
        }
        catch (StorageException e) when (e.IsNoSpace)
        {
            NoteFull();
            return false;
        }
    }

    /// <summary>Nothing can be written to logs that the register cannot name yet.</summary>
    private void BlockAll()
    {
        foreach (var log in _touched)
        {
            if (!_blocked.TryGetValue(log, out var queue))
            {
                _blocked.Add(log, queue = new Queue<QueuedItem>());
            }

            Block(queue, log.FirstQueued);
            log.FirstQueued = -1;
        }

        _touched.Clear();
    }

    private void Block(Queue<QueuedItem> queue, int first)
    {
        for (var i = first; i >= 0; i = _taken[i].Next)
        {
            queue.Enqueue(_taken[i]);
            _taken[i].Slice = default;
        }
    }

    /// <summary>Batches that found the disk full stay in order and are tried again, before anything newer of their log.</summary>
    private void RetryBlocked()
    {
        foreach (var (log, queue) in _blocked)
        {
            var before = log.NextOffset;
            var items = queue.ToArray();
            for (var i = 0; i < items.Length; i++)
            {
                items[i].Next = i + 1 < items.Length ? i + 1 : -1;
            }

            var left = log.IsClosed ? -1 : log.WriteDirect(items, 0, Buffer);
            for (var i = 0; i < (left < 0 ? items.Length : left); i++)
            {
                queue.Dequeue();
            }

            NoteWrittenTo(log, before);
            if (queue.Count == 0)
            {
                _blocked.Remove(log);
            }
        }
    }

    /// <summary>Who does not ask for syncs is told first: it need not wait for those who do.</summary>
    private void TellUnsynced()
    {
        for (var i = _toSync.Count - 1; i >= 0; i--)
        {
            var log = _toSync[i];
            if (!log.Config.SyncsEveryRound)
            {
                _sink.OnWritten(log, log.WrittenEnd, log.SyncedEnd);
                _toSync.RemoveAt(i);
                NoteWeakDirty(log);
            }
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
        _commitLog!.Write(segments);
        Reach(FaultPoint.AfterWrite);
        Reach(FaultPoint.AfterCommitLogWrite);
        _register.Sync();
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

    private void DropQueued()
    {
        for (var i = _takenNext; i < _takenCount; i++)
        {
            _taken[i].Slice.Release();
        }

        _blocked.Clear(); // what of it was written when it failed is not known: its leases are left to the collector
        _takenNext = 0;
        _takenCount = _queue.Take(ref _taken);
        for (var i = 0; i < _takenCount; i++)
        {
            _taken[i].Slice.Release();
            RunDropped(_taken[i].Work);
        }

        _taken.AsSpan(0, _takenCount).Clear();
        _takenCount = 0;
    }

    /// <summary>Work runs on a failed directory too: whoever waits for it finds the fault.</summary>
    private void RunDropped(Action? work)
    {
        try
        {
            work?.Invoke();
        }
        catch (Exception e)
        {
            LogWorkFailed(_logger, e, Path);
        }
    }

    [Microsoft.Extensions.Logging.LoggerMessage(EventId = 3005, Level = Microsoft.Extensions.Logging.LogLevel.Error,
        Message = "Work for the failed log directory {Directory} failed too")]
    private static partial void LogWorkFailed(Microsoft.Extensions.Logging.ILogger logger, Exception cause, string directory);
}
