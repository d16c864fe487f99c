namespace Actors.Abstractions;

/// <summary>
/// Thrown when a call was not done by the members that do not answer with a value, such as
/// <see cref="IAppendOnlyLog.AppendAsync(ReadOnlyMemory{byte}, CancellationToken)"/>.
/// </summary>
[GenerateSerializer, Alias("actors.log-exception")]
public sealed class LogException : Exception
{
    /// <summary>A call that was not done.</summary>
    public LogException(AnswerKind kind, ErrorCode error, string? message)
        : base(message ?? $"The log answered {kind} ({error}).")
    {
        Kind = kind;
        Error = error;
    }

    /// <summary>What became of the call.</summary>
    [Id(0)] public AnswerKind Kind { get; }

    /// <summary>Kafka's code for the reason.</summary>
    [Id(1)] public ErrorCode Error { get; }

    /// <summary>Whether the records may be in the log all the same.</summary>
    public bool IsOutcomeUnknown => Kind == AnswerKind.Unknown;
}
