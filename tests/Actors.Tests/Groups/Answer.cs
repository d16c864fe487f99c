using Actors.Model.Ports;

namespace Actors.Tests.Groups;

/// <summary>One request's answer, there or not.</summary>
internal sealed class Answer<T> : IGroupWaiter<T>
{
    private readonly TaskCompletionSource<T> _there = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsThere => _there.Task.IsCompleted;

    public T Value => IsThere ? _there.Task.Result : throw new InvalidOperationException("there is no answer yet");

    public Task<T> Task => _there.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    public bool OnAnswered(long token, in T answer)
    {
        Assert.True(_there.TrySetResult(answer), "a request was answered twice");
        return true;
    }

    public void Wake()
    {
    }
}
