namespace Actors.Abstractions;

/// <summary>What became of a call. Values are persisted on the wire: they only grow.</summary>
[GenerateSerializer, Alias("actors.answer-kind")]
public enum AnswerKind
{
    /// <summary>It was done; the value is there.</summary>
    Done = 0,
    /// <summary>Nothing was done: this node does not lead the partition. Call again: the next activation is placed at the leader.</summary>
    NotLeader = 1,
    /// <summary>Nothing was done: the caller's leader epoch is not the current one. Take the epoch of this answer and call again.</summary>
    Fenced = 2,
    /// <summary>Nothing was done: a limit is reached. Call again after <see cref="Answer{T}.RetryAfter"/>.</summary>
    Busy = 3,
    /// <summary>Nothing was done, and the same call would be refused again: <see cref="Answer{T}.Error"/> says why.</summary>
    Refused = 4,
    /// <summary>
    /// It may or may not have been done. Only a call that carries a producer's id and sequence, or one that reads, is safe to repeat.
    /// </summary>
    Unknown = 5,
}
