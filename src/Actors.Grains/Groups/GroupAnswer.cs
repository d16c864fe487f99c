using Actors.Model.Ports;

namespace Actors.Grains;

/// <summary>One answer of the coordinator, as a task. Single use.</summary>
internal sealed class GroupAnswer<TAnswer> : IGroupWaiter<TAnswer>
{
    private readonly TaskCompletionSource<TAnswer> _there = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Asks, and waits for the answer.</summary>
    public static Task<TAnswer> AskAsync(Action<IGroupWaiter<TAnswer>> ask, CancellationToken cancellationToken)
    {
        var answer = new GroupAnswer<TAnswer>();
        ask(answer);
        return answer._there.Task.WaitAsync(cancellationToken);
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
