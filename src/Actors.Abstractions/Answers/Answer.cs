using System.Diagnostics.CodeAnalysis;

namespace Actors.Abstractions;

/// <summary>
/// The outcome of a grain call as a value. Being fenced, busy or refused is routine and never an exception; exceptions are left for
/// what Orleans itself reports: timeouts and unreachable silos, after which the outcome is unknown.
/// </summary>
/// <typeparam name="T">What a call that was done answers.</typeparam>
[GenerateSerializer, Immutable, Alias("actors.answer`1")]
public readonly record struct Answer<T>
    where T : class
{
    /// <summary>What became of the call.</summary>
    [Id(0)] public AnswerKind Kind { get; init; }
    /// <summary>Kafka's code for the reason; None where the call was done.</summary>
    [Id(1)] public ErrorCode Error { get; init; }
    /// <summary>The answer of a call that was done, else null.</summary>
    [Id(2)] public T? Value { get; init; }
    /// <summary>The partition's leader epoch as the answering node knows it, or -1.</summary>
    [Id(3)] public int LeaderEpoch { get; init; }
    /// <summary>The partition's leader as the answering node knows it, or -1.</summary>
    [Id(4)] public int LeaderId { get; init; }
    /// <summary>How long to wait before the next try; zero: at once.</summary>
    [Id(5)] public TimeSpan RetryAfter { get; init; }
    /// <summary>A sentence for a person, where there is one.</summary>
    [Id(6)] public string? Message { get; init; }

    /// <summary>Whether the call was done and <see cref="Value"/> is there.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsDone => Kind == AnswerKind.Done && Value is not null;

    /// <summary>The value.</summary>
    /// <exception cref="LogException">The call was not done.</exception>
    public T GetValueOrThrow() => IsDone ? Value : throw new LogException(Kind, Error, Message);

    /// <summary>The same outcome without a value, for a call that answers another type.</summary>
    /// <exception cref="InvalidOperationException">The call was done: there is nothing to pass on.</exception>
    public Answer<TOther> WithoutValue<TOther>()
        where TOther : class => Kind == AnswerKind.Done
            ? throw new InvalidOperationException("An answer with a value cannot be passed on as another type.")
            : new Answer<TOther>
            {
                Kind = Kind, Error = Error, LeaderEpoch = LeaderEpoch, LeaderId = LeaderId, RetryAfter = RetryAfter, Message = Message,
            };
}
