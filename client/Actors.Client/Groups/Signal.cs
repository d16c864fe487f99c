namespace Actors.Client;

/// <summary>
/// Says that something has changed. Take <see cref="Next"/>, look at the state, then await it: a change in between is not missed.
/// </summary>
internal sealed class Signal
{
    private TaskCompletionSource _next = New();

    public Task Next => Volatile.Read(ref _next).Task;

    public void Raise() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
