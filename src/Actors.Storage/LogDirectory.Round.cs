using Actors.Storage.Directories;

namespace Actors.Storage;

/// <summary>Rounds: what is queued is written, synced once, and told. Log thread.</summary>
public sealed partial class LogDirectory
{
    private readonly List<PartitionLog> _touched = [];
    private readonly List<PartitionLog> _toSync = [];
    private QueuedItem[] _taken = new QueuedItem[64];
    private int _takenCount;
    private int _takenNext;

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
            LimitFiles();
            WaitForUnsyncedRoom();
            if (_fault is not null)
            {
                _touched.Clear(); // what was taken is dropped already
                return;
            }

            RunBatches();
        }

        _taken.AsSpan(_takenNext, at - _takenNext).Clear();
        _takenNext = at;
        for (; _takenNext < _takenCount && _taken[_takenNext].Work is { } work; _takenNext++)
        {
            _taken[_takenNext] = default;
            LimitFiles(); // it may open a log
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
                LimitFiles();
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
}
