using Actors.Model.Ports;

namespace Actors.Dashboard.Api;

/// <summary>One answer of a group's coordinator, as a task. Single use.</summary>
/// <typeparam name="TAnswer">The answer's type.</typeparam>
internal sealed class GroupReply<TAnswer> : IGroupWaiter<TAnswer>
{
    private readonly TaskCompletionSource<TAnswer> _there = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Asks, and waits for the answer.</summary>
    public static Task<TAnswer> AskAsync(Action<IGroupWaiter<TAnswer>> ask, CancellationToken cancellationToken)
    {
        var reply = new GroupReply<TAnswer>();
        ask(reply);
        return reply._there.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public bool OnAnswered(long token, in TAnswer answer)
    {
        _there.TrySetResult(answer);
        return false;
    }

    /// <inheritdoc/>
    public void Wake()
    {
    }
}
