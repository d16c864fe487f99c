using Actors.Storage.Devices;
using Actors.Storage.Directories;
using Microsoft.Extensions.Logging;

namespace Actors.Storage;

/// <summary>Batches that cannot be written: the disk is full, or the directory has failed. Log thread.</summary>
public sealed partial class LogDirectory
{
    private readonly Dictionary<PartitionLog, Queue<QueuedItem>> _blocked = [];

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

    private void DropQueued()
    {
        for (var i = _takenNext; i < _takenCount; i++)
        {
            _taken[i].Slice.Release();
            RunDropped(_taken[i].Work);
        }

        // Cleared before the array goes back to the queue: work that is queued in it next would be taken for a batch.
        _taken.AsSpan(0, _takenCount).Clear();
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

    [LoggerMessage(EventId = 3005, Level = LogLevel.Error,
        Message = "Work for the failed log directory {Directory} failed too")]
    private static partial void LogWorkFailed(ILogger logger, Exception cause, string directory);
}
