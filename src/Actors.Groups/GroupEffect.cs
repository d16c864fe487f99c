using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Ports;

namespace Actors.Groups;

/// <summary>What a machine of groups can ask for.</summary>
public enum GroupEffectKind : byte
{
    /// <summary>Not an effect.</summary>
    None = 0,
    /// <summary>Append a record. Those of one step carry the same number and belong into one batch where they fit.</summary>
    Append = 1,
    /// <summary>Tell an answer; see <see cref="GroupEffect.Deliver"/>.</summary>
    Reply = 2,
}

/// <summary>One effect of a <see cref="GroupMachine"/>.</summary>
public readonly struct GroupEffect
{
    private GroupEffect(GroupEffectKind kind) => Kind = kind;

    /// <summary>What to do.</summary>
    public GroupEffectKind Kind { get; }

    /// <summary>Number of the step that appends, rising (Append): <see cref="GroupInput.Committed"/> tells it back.</summary>
    public long Sequence { get; private init; }

    /// <summary>The record's key (Append); valid until the machine's next step.</summary>
    public ReadOnlyMemory<byte> Key { get; private init; }

    /// <summary>The record's value (Append), not for a tombstone; valid until the machine's next step.</summary>
    public ReadOnlyMemory<byte> Value { get; private init; }

    /// <summary>The record removes what its key names (Append).</summary>
    public bool IsTombstone { get; private init; }

    /// <summary>Who is told (Reply).</summary>
    public IGroupWake? Waiter { get; private init; }

    /// <summary>Handed back to the waiter (Reply).</summary>
    public long Token { get; private init; }

    /// <summary>The answer where it is an object, or the errors of a commit (Reply).</summary>
    public object? Answer { get; private init; }

    /// <summary>The answer where it is an error code, or that of a commit (Reply).</summary>
    public ErrorCode Error { get; private init; }

    private bool IsCommit { get; init; }

    /// <summary>Tells the waiter its answer. True: it wants <see cref="IGroupWake.Wake"/> at the end of the round.</summary>
    public bool Deliver() => Answer switch
    {
        _ when IsCommit => ((IGroupWaiter<CommitOffsetsAnswer>)Waiter!).OnAnswered(Token, new CommitOffsetsAnswer(Error, (ErrorCode[]?)Answer)),
        null => ((IGroupWaiter<ErrorCode>)Waiter!).OnAnswered(Token, Error),
        JoinGroupAnswer answer => ((IGroupWaiter<JoinGroupAnswer>)Waiter!).OnAnswered(Token, answer),
        SyncGroupAnswer answer => ((IGroupWaiter<SyncGroupAnswer>)Waiter!).OnAnswered(Token, answer),
        LeaveGroupAnswer answer => ((IGroupWaiter<LeaveGroupAnswer>)Waiter!).OnAnswered(Token, answer),
        FetchOffsetsAnswer answer => ((IGroupWaiter<FetchOffsetsAnswer>)Waiter!).OnAnswered(Token, answer),
        DeleteOffsetsAnswer answer => ((IGroupWaiter<DeleteOffsetsAnswer>)Waiter!).OnAnswered(Token, answer),
        GroupDescription answer => ((IGroupWaiter<GroupDescription>)Waiter!).OnAnswered(Token, answer),
        _ => throw new InvalidOperationException($"No waiter takes {Answer.GetType().Name}."),
    };

    internal static GroupEffect Append(long sequence, ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value) =>
        new(GroupEffectKind.Append) { Sequence = sequence, Key = key, Value = value };

    internal static GroupEffect Remove(long sequence, ReadOnlyMemory<byte> key) =>
        new(GroupEffectKind.Append) { Sequence = sequence, Key = key, IsTombstone = true };

    internal static GroupEffect Reply(in GroupTicket ticket, object answer) =>
        new(GroupEffectKind.Reply) { Waiter = ticket.Waiter, Token = ticket.Token, Answer = answer };

    internal static GroupEffect Reply(in GroupTicket ticket, ErrorCode error) =>
        new(GroupEffectKind.Reply) { Waiter = ticket.Waiter, Token = ticket.Token, Error = error };

    internal static GroupEffect ReplyCommit(in GroupTicket ticket, ErrorCode error, ErrorCode[]? errors) =>
        new(GroupEffectKind.Reply) { Waiter = ticket.Waiter, Token = ticket.Token, Error = error, Answer = errors, IsCommit = true };
}

/// <summary>A request that is not answered yet.</summary>
/// <param name="Waiter">Who is told, or null: nobody waits.</param>
/// <param name="Token">Handed back to it.</param>
internal readonly record struct GroupTicket(IGroupWake? Waiter, long Token)
{
    /// <summary>Whether somebody waits.</summary>
    public bool IsThere => Waiter is not null;
}
