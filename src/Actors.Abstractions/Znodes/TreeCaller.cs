using System.Collections.Immutable;

namespace Actors.Abstractions;

/// <summary>
/// Who asks something of the tree, and what it has seen of it. Every answer gives a zxid, and the next call carries the highest: whatever
/// silo answers has applied at least that much, so that a caller sees its own writes.
/// </summary>
[GenerateSerializer, Immutable, Alias("actors.tree-caller")]
public sealed record TreeCaller
{
    /// <summary>Nobody in particular, without a session: may read, and write what is not ephemeral.</summary>
    public static TreeCaller Anonymous { get; } = new();

    /// <summary>The session, or 0 for none.</summary>
    [Id(0)] public long SessionId { get; init; }

    /// <summary>The session's password, 16 bytes, as opening it answered.</summary>
    [Id(1)] public ImmutableArray<byte> Password { get; init; } = [];

    /// <summary>
    /// Number of a write within its session, counted from 1; 0: not numbered. A numbered write is done once, however often it is sent:
    /// the tree keeps the results of a session's last 64.
    /// </summary>
    [Id(2)] public long Operation { get; init; }

    /// <summary>The caller has the answers to all its operations below this one.</summary>
    [Id(3)] public long LowestUnanswered { get; init; }

    /// <summary>The highest zxid the caller has been answered, or 0.</summary>
    [Id(4)] public long LastZxid { get; init; }

    /// <summary>Who else the caller is, for access lists.</summary>
    [Id(5)] public ImmutableArray<TreeCredential> Credentials { get; init; } = [];
}
