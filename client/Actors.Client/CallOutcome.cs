using Actors.Abstractions;

namespace Actors.Client;

/// <summary>What Orleans throws when a silo or gateway does not answer, as the answer it means: the outcome is unknown.</summary>
internal static class CallOutcome
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest pause between two tries: 1 s.</summary>
    public static TimeSpan MaxPause { get; } = TimeSpan.FromSeconds(1);

    /// <summary>Makes the call.</summary>
    public static async ValueTask<Answer<T>> OfAsync<T>(Func<ValueTask<Answer<T>>> call)
        where T : class
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OrleansException or IOException)
        {
            return new Answer<T>
            {
                Kind = AnswerKind.Unknown, Error = ErrorCode.RequestTimedOut, Message = e.Message, RetryAfter = s_pause,
                LeaderEpoch = -1, LeaderId = -1,
            };
        }
    }

    /// <summary>Makes the call until it is done or refused, or some time has passed.</summary>
    public static async ValueTask<Answer<T>> RetryAsync<T>(
        Func<ValueTask<Answer<T>>> call, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
        where T : class
    {
        var started = time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            var answer = await OfAsync(call).ConfigureAwait(false);
            if (answer.Kind is AnswerKind.Done or AnswerKind.Refused || time.GetElapsedTime(started) >= patience)
            {
                return answer;
            }

            await Task.Delay(PauseAfter(answer, attempt), time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>How long to wait before try number <paramref name="attempt"/> + 1: what was asked for, doubled each time.</summary>
    public static TimeSpan PauseAfter<T>(in Answer<T> answer, int attempt)
        where T : class
    {
        var asked = answer.RetryAfter > TimeSpan.Zero ? answer.RetryAfter : TimeSpan.FromMilliseconds(10);
        var doubled = asked * Math.Pow(2, Math.Min(attempt, 10));
        return doubled < MaxPause ? doubled : MaxPause;
    }
}
