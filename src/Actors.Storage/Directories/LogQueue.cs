using System.Diagnostics;
using Actors.Model.Leases;
using Actors.Model.Records;

namespace Actors.Storage.Directories;

/// <summary>
/// What waits for the log thread, in order. Producers push under a short lock; the log thread takes everything at once by swapping
/// arrays, so that a batch costs no allocation and one lock.
/// </summary>
internal sealed class LogQueue
{
    private const int SpinTurns = 30;
    private const int KeptItems = 16 * 1024;

    private readonly object _lock = new();
    private readonly int _maxWork;
    private QueuedItem[] _items = new QueuedItem[64];
    private int _count;
    private int _work;
    private long _queuedBytes;
    private bool _isWaiting;
    private bool _isWoken;

    public LogQueue(int maxWork) => _maxWork = maxWork;

    /// <summary>Bytes of batches that wait. Any thread.</summary>
    public long QueuedBytes => Volatile.Read(ref _queuedBytes);

    public void Push(PartitionLog log, in LeaseSlice slice, in RecordBatchInfo info)
    {
        lock (_lock)
        {
            ref var item = ref Next();
            item.Log = log;
            item.Slice = slice;
            item.Info = info;
            _queuedBytes += slice.LengthBytes;
            WakeLocked();
        }
    }

    public void Push(Action work)
    {
        lock (_lock)
        {
            if (_work >= _maxWork)
            {
                throw new InvalidOperationException($"More than {_maxWork} pieces of work wait for the log thread.");
            }

            _work++;
            Next().Work = work;
            WakeLocked();
        }
    }

    /// <summary>Wakes the log thread for something that is not in the queue.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            _isWoken = true;
            WakeLocked();
        }
    }

    /// <summary>Takes everything; <paramref name="spare"/> is an array that was taken before, used again.</summary>
    public int Take(ref QueuedItem[] spare)
    {
        lock (_lock)
        {
            var count = _count;
            if (count > 0)
            {
                (spare, _items) = (_items, spare.Length > KeptItems ? new QueuedItem[64] : spare);
                _count = 0;
                _work = 0;
                _queuedBytes = 0;
            }

            _isWoken = false;
            return count;
        }
    }

    /// <summary>Waits until something is there, or for <paramref name="timeoutMs"/>. Log thread.</summary>
    public void Wait(int timeoutMs)
    {
        // A few microseconds of spinning save a sleep where the next batch is on its way already.
        for (var i = 0; i < SpinTurns; i++)
        {
            if (Volatile.Read(ref _count) > 0)
            {
                return;
            }

            Thread.SpinWait(20);
        }

        lock (_lock)
        {
            if (_count == 0 && !_isWoken)
            {
                _isWaiting = true;
                Monitor.Wait(_lock, timeoutMs);
                _isWaiting = false;
            }
        }
    }

    private ref QueuedItem Next()
    {
        if (_count == _items.Length)
        {
            Array.Resize(ref _items, _items.Length * 2);
        }

        return ref _items[_count++];
    }

    private void WakeLocked()
    {
        Debug.Assert(Monitor.IsEntered(_lock), "the queue's lock is not held");
        if (_isWaiting)
        {
            _isWaiting = false;
            Monitor.Pulse(_lock);
        }
    }
}
