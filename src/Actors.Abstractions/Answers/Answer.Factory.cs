namespace Actors.Abstractions;

/// <summary>Makes answers.</summary>
public static class Answer
{
    /// <summary>How long a caller waits by default before it tries again: 50 ms.</summary>
    public static TimeSpan DefaultRetryAfter { get; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The call was done.</summary>
    public static Answer<T> Done<T>(T value, int leaderEpoch = -1, int leaderId = -1)
        where T : class => new() { Kind = AnswerKind.Done, Value = value, LeaderEpoch = leaderEpoch, LeaderId = leaderId };

    /// <summary>The call was not done, for the reason <paramref name="error"/> gives; the kind follows from it.</summary>
    /// <exception cref="ArgumentException">The code is None.</exception>
    public static Answer<T> Failed<T>(ErrorCode error, string? message = null, int leaderEpoch = -1, int leaderId = -1)
        where T : class
    {
        if (error == ErrorCode.None)
        {
            throw new ArgumentException("A call that failed has a code.", nameof(error));
        }

        var kind = KindOf(error);
        return new Answer<T>
        {
            Kind = kind, Error = error, Message = message, LeaderEpoch = leaderEpoch, LeaderId = leaderId,
            RetryAfter = kind is AnswerKind.Refused or AnswerKind.Fenced ? TimeSpan.Zero : DefaultRetryAfter,
        };
    }

    /// <summary>What a caller has to make of a code.</summary>
    public static AnswerKind KindOf(ErrorCode error) => error switch
    {
        ErrorCode.None => AnswerKind.Done,
        ErrorCode.NotLeaderOrFollower or ErrorCode.LeaderNotAvailable or ErrorCode.NotController or ErrorCode.NotCoordinator =>
            AnswerKind.NotLeader,
        ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch => AnswerKind.Fenced,
        ErrorCode.NotEnoughReplicas or ErrorCode.OffsetNotAvailable or ErrorCode.ThrottlingQuotaExceeded
            or ErrorCode.CoordinatorLoadInProgress or ErrorCode.ReplicaNotAvailable => AnswerKind.Busy,
        ErrorCode.RequestTimedOut or ErrorCode.NotEnoughReplicasAfterAppend or ErrorCode.KafkaStorageError
            or ErrorCode.UnknownServerError or ErrorCode.CoordinatorNotAvailable => AnswerKind.Unknown,
        _ => AnswerKind.Refused,
    };
}
