using Actors.Model.Ports;

namespace Actors.Grains;

/// <summary>Turns the log thread's word that one append is done into a task. One per batch.</summary>
internal sealed class AppendCompletion : IAppendWaiter
{
    private readonly TaskCompletionSource<AppendOutcome> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AppendOutcome _outcome;

    /// <summary>Completes with the outcome, on the thread pool or the activation's scheduler, never on the log thread.</summary>
    public Task<AppendOutcome> Task => _done.Task;

    /// <inheritdoc/>
    public bool OnAppended(long token, in AppendOutcome outcome)
    {
        _outcome = outcome;
        return true;
    }

    /// <inheritdoc/>
    public void Wake() => _done.TrySetResult(_outcome);
}
