namespace LoadGen.Bare;

/// <summary>Group commit: takes what has been written since the last round, syncs each file once, then sends the replies.</summary>
internal sealed class BareSyncer : IDisposable
{
    private const int MaxQueuedBytes = 1 << 20;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _work = new(0);
    private Dictionary<BareConnection, List<byte>> _open = [];
    private Dictionary<BareConnection, List<byte>> _syncing = [];
    private volatile bool _stopped;

    public void Enqueue(BareConnection connection, ReadOnlySpan<byte> reply)
    {
        bool first;
        lock (_lock)
        {
            first = _open.Values.All(r => r.Count == 0);
            if (!_open.TryGetValue(connection, out var replies))
            {
                _open[connection] = replies = new List<byte>(4096);
            }

            if (replies.Count > MaxQueuedBytes)
            {
                throw new InvalidOperationException("more replies wait for a sync than a client may have in flight");
            }

            replies.AddRange(reply);
        }

        if (first)
        {
            _work.Release();
        }
    }

    public void Run()
    {
        while (true)
        {
            _work.Wait();
            if (_stopped)
            {
                return;
            }

            lock (_lock)
            {
                (_open, _syncing) = (_syncing, _open);
            }

            foreach (var (connection, replies) in _syncing)
            {
                if (replies.Count > 0)
                {
                    connection.File.Sync();
                }
            }

            foreach (var (connection, replies) in _syncing)
            {
                if (replies.Count > 0)
                {
                    connection.Send(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(replies));
                    replies.Clear();
                }
            }
        }
    }

    public void Dispose()
    {
        _stopped = true;
        _work.Release();
    }
}
