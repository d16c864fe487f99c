using System.Diagnostics.CodeAnalysis;

namespace Actors.Abstractions;

/// <summary>
/// The outcome of a call on the tree as a value: a znode that is not there, a version that has moved on or a permission that is missing is
/// routine and never an exception.
/// </summary>
/// <typeparam name="T">What a call that was done answers.</typeparam>
[GenerateSerializer, Immutable, Alias("actors.tree-answer`1")]
public readonly record struct TreeAnswer<T>
    where T : class
{
    /// <summary>What became of the call; <see cref="AnswerKind.NotLeader"/> and <see cref="AnswerKind.Fenced"/> do not occur.</summary>
    [Id(0)] public AnswerKind Kind { get; init; }

    /// <summary>ZooKeeper's code for the reason; Ok where the call was done.</summary>
    [Id(1)] public TreeErrorCode Error { get; init; }

    /// <summary>The answer of a call that was done, else null.</summary>
    [Id(2)] public T? Value { get; init; }

    /// <summary>zxid that the answer is true for: that of the write, or of the last command applied before the read; 0 if nothing was done.</summary>
    [Id(3)] public long Zxid { get; init; }

    /// <summary>How long to wait before the next try; zero: at once.</summary>
    [Id(4)] public TimeSpan RetryAfter { get; init; }

    /// <summary>A sentence for a person, where there is one.</summary>
    [Id(5)] public string? Message { get; init; }

    /// <summary>Whether the call was done and <see cref="Value"/> is there.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    public bool IsDone => Kind == AnswerKind.Done && Value is not null;

    /// <summary>The value.</summary>
    /// <exception cref="TreeException">The call was not done.</exception>
    public T GetValueOrThrow() => IsDone ? Value : throw TreeException.Of(Kind, Error, Message);

    /// <summary>The same outcome without a value, for a call that answers another type.</summary>
    /// <exception cref="InvalidOperationException">The call was done: there is nothing to pass on.</exception>
    public TreeAnswer<TOther> WithoutValue<TOther>()
        where TOther : class => Kind == AnswerKind.Done
            ? throw new InvalidOperationException("An answer with a value cannot be passed on as another type.")
            : new TreeAnswer<TOther> { Kind = Kind, Error = Error, Zxid = Zxid, RetryAfter = RetryAfter, Message = Message };
}
