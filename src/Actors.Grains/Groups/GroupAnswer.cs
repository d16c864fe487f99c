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

    /// <summary>
    /// Asks, and waits for the answer up to a time. Null: the time is over; what was asked stays parked with the coordinator, and its
    /// answer is not looked at.
    /// </summary>
    public static async Task<TAnswer?> AskAsync(
        Action<IGroupWaiter<TAnswer>> ask, TimeSpan wait, TimeProvider time, CancellationToken cancellationToken)
    {
        var answer = new GroupAnswer<TAnswer>();
        ask(answer);
        try
        {
            return await answer._there.Task.WaitAsync(wait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return default;
        }
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
