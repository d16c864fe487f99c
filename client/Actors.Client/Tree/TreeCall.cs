using Actors.Abstractions;

namespace Actors.Client;

/// <summary>Calls on the tree: what Orleans throws becomes the answer it means, and reads are tried again.</summary>
internal static class TreeCall
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(10);

    /// <summary>Makes the call.</summary>
    public static async ValueTask<TreeAnswer<T>> OfAsync<T>(Func<ValueTask<TreeAnswer<T>>> call)
        where T : class
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OrleansException or IOException)
        {
            return TreeAnswer.Unknown<T>(e.Message);
        }
    }

    /// <summary>Makes a call that does no harm when it is made twice, until it is done or refused or the time is over.</summary>
    public static async ValueTask<TreeAnswer<T>> UntilAnsweredAsync<T>(
        Func<ValueTask<TreeAnswer<T>>> call, TimeSpan within, TimeProvider time, CancellationToken cancellationToken)
        where T : class
    {
        var started = time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            var answer = await OfAsync(call).ConfigureAwait(false);
            if (IsAnswer(answer.Kind) || time.GetElapsedTime(started) >= within)
            {
                return answer;
            }

            await Task.Delay(PauseAfter(answer.RetryAfter, attempt), time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether asking again would change nothing.</summary>
    public static bool IsAnswer(AnswerKind kind) => kind is AnswerKind.Done or AnswerKind.Refused;

    /// <summary>How long to wait before try number <paramref name="attempt"/> + 1: what was asked for, doubled each time.</summary>
    public static TimeSpan PauseAfter(TimeSpan asked, int attempt)
    {
        var doubled = (asked > TimeSpan.Zero ? asked : s_firstPause) * Math.Pow(2, Math.Min(attempt, 10));
        return doubled < CallOutcome.MaxPause ? doubled : CallOutcome.MaxPause;
    }
}
