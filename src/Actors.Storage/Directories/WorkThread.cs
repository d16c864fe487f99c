namespace Actors.Storage.Directories;

/// <summary>A thread with a queue: for syncs and reads that may block, so that neither the log thread nor the pool does.</summary>
internal sealed class WorkThread : IWorkQueue, IDisposable
{
    private readonly object _lock = new();
    private readonly Queue<Action> _work = new();
    private readonly int _maxWork;
    private readonly Thread _thread;
    private bool _isBusy;
    private bool _isStopping;

    public WorkThread(string name, int maxWork)
    {
        _maxWork = maxWork;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <inheritdoc/>
    public bool TryQueue(Action work)
    {
        lock (_lock)
        {
            if (_isStopping || _work.Count >= _maxWork)
            {
                return false;
            }

            _work.Enqueue(work);
            Monitor.PulseAll(_lock);
            return true;
        }
    }

    /// <inheritdoc/>
    public void WaitUntilIdle()
    {
        lock (_lock)
        {
            while (_isBusy || _work.Count > 0)
            {
                Monitor.Wait(_lock);
            }
        }
    }

    /// <summary>Does what is queued and ends.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isStopping = true;
            Monitor.PulseAll(_lock);
        }

        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        while (true)
        {
            Action work;
            lock (_lock)
            {
                _isBusy = false;
                Monitor.PulseAll(_lock);
                while (_work.Count == 0)
                {
                    if (_isStopping)
                    {
                        return;
                    }

                    Monitor.Wait(_lock);
                }

                work = _work.Dequeue();
                _isBusy = true;
            }

            work();
        }
    }
}
