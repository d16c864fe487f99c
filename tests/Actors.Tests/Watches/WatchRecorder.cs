using Actors.Abstractions;
using Orleans.Streams;

namespace Actors.Tests.Watches;

/// <summary>Keeps what it is told, in order.</summary>
internal sealed class WatchRecorder : IAsyncObserver<ZnodeEvent>
{
    private readonly Lock _gate = new();
    private readonly List<ZnodeEvent> _events = [];
    private readonly List<Exception> _errors = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Until it completes, the handler does not return.</summary>
    public Task Blocked { get; set; } = Task.CompletedTask;

    public IReadOnlyList<ZnodeEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    public IReadOnlyList<Exception> Errors
    {
        get
        {
            lock (_gate)
            {
                return [.. _errors];
            }
        }
    }

    public Task OnNextAsync(ZnodeEvent item, StreamSequenceToken? token = null)
    {
        Note(() => _events.Add(item));
        return Blocked;
    }

    public Task OnErrorAsync(Exception ex)
    {
        Note(() => _errors.Add(ex));
        return Task.CompletedTask;
    }

    public Task UntilZxidAsync(long zxid) => UntilAsync(() => _events.Exists(e => e.Zxid >= zxid));

    public Task UntilErrorAsync() => UntilAsync(() => _errors.Count > 0);

    private void Note(Action what)
    {
        lock (_gate)
        {
            what();
            _changed.TrySetResult();
        }
    }

    private async Task UntilAsync(Func<bool> isThere)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (isThere())
                {
                    return;
                }

                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
            }

            await changed.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
    }
}
