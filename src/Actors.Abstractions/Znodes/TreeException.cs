namespace Actors.Abstractions;

/// <summary>A call on the tree was not done, for those who prefer exceptions to values. See <see cref="TreeAnswer{T}.GetValueOrThrow"/>.</summary>
[GenerateSerializer, Alias("actors.tree-exception")]
public class TreeException : Exception
{
    /// <summary>A call that was not done.</summary>
    public TreeException(AnswerKind kind, TreeErrorCode error, string? message)
        : base(message ?? $"The tree answered {kind} ({error}).")
    {
        Kind = kind;
        Error = error;
    }

    /// <summary>What became of the call.</summary>
    [Id(0)] public AnswerKind Kind { get; }

    /// <summary>ZooKeeper's code for the reason.</summary>
    [Id(1)] public TreeErrorCode Error { get; }

    /// <summary>Whether the write may have been done all the same.</summary>
    public bool IsOutcomeUnknown => Kind == AnswerKind.Unknown;

    /// <summary>The exception for a reason.</summary>
    public static TreeException Of(AnswerKind kind, TreeErrorCode error, string? message) =>
        error is TreeErrorCode.SessionExpired or TreeErrorCode.SessionMoved
            ? new TreeSessionExpiredException(error, message)
            : new TreeException(kind, error, message);
}

/// <summary>
/// The session is over: it was silent for longer than its timeout, was closed, or somebody else has taken it over. Its ephemeral znodes
/// are gone, and so is what they stood for: a mastership, a lock. Nothing more is done in its name; open a new one.
/// </summary>
[GenerateSerializer, Alias("actors.tree-session-expired-exception")]
public sealed class TreeSessionExpiredException(TreeErrorCode error, string? message)
    : TreeException(AnswerKind.Refused, error, message ?? "The session is over, and its ephemeral znodes with it.");
