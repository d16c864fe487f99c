namespace Actors.Abstractions;

/// <summary>Makes answers of the tree.</summary>
public static class TreeAnswer
{
    /// <summary>The call was done.</summary>
    public static TreeAnswer<T> Done<T>(T value, long zxid)
        where T : class => new() { Kind = AnswerKind.Done, Value = value, Zxid = zxid };

    /// <summary>Nothing was done, and the same call would be refused again, unless the tree changes.</summary>
    public static TreeAnswer<T> Refused<T>(TreeErrorCode error, long zxid = 0, string? message = null)
        where T : class => new() { Kind = AnswerKind.Refused, Error = error, Zxid = zxid, Message = message };

    /// <summary>Nothing was done: try again.</summary>
    public static TreeAnswer<T> Busy<T>(string message)
        where T : class => new()
        {
            Kind = AnswerKind.Busy, Error = TreeErrorCode.ThrottledOp, Message = message, RetryAfter = Answer.DefaultRetryAfter,
        };

    /// <summary>It may or may not have been done. A numbered write is safe to repeat with its number, a read always is.</summary>
    public static TreeAnswer<T> Unknown<T>(string message)
        where T : class => new()
        {
            Kind = AnswerKind.Unknown, Error = TreeErrorCode.SystemError, Message = message, RetryAfter = Answer.DefaultRetryAfter,
        };

    /// <summary>The outcome that a code stands for: refused, or busy where only the moment was wrong.</summary>
    public static TreeAnswer<T> Failed<T>(TreeErrorCode error, long zxid)
        where T : class => error == TreeErrorCode.ThrottledOp
            ? Busy<T>("More writes of this session are without an answer than the tree keeps results of.")
            : Refused<T>(error, zxid);
}
