using Actors.Client;

namespace ComplaintMails;

/// <summary>How far a service has come, for whoever waits for its end.</summary>
internal sealed class Progress
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, long> _reached = [];
    private readonly TaskCompletionSource _there = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IReadOnlyDictionary<int, long>? _awaited;

    public void Reach(ConsumedRecord record)
    {
        lock (_gate)
        {
            _reached[record.Partition] = record.Offset;
            Look();
        }
    }

    public Task WhenReachedAsync(IReadOnlyDictionary<int, long> last)
    {
        lock (_gate)
        {
            _awaited = last;
            Look();
        }

        return _there.Task;
    }

    private void Look()
    {
        if (_awaited is not null && _awaited.All(l => _reached.GetValueOrDefault(l.Key, -1) >= l.Value))
        {
            _there.TrySetResult();
        }
    }
}
