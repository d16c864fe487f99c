using System.Collections.Immutable;
using System.Security.Cryptography;
using Actors.Abstractions;
using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Grains;

/// <summary>
/// The grains' way into the tree of their node: who calls is checked, waits are bounded, and what goes in and out is copied. Holds nothing
/// of a caller's between two calls.
/// </summary>
internal sealed partial class TreeDoor(ILocalTree tree, TreeClientSettings settings)
{
    /// <summary>How long a call waits for its node to apply what the caller has seen elsewhere: 1 s, then it is answered Busy.</summary>
    public static TimeSpan MaxZxidWait { get; } = TimeSpan.FromSeconds(1);

    private const int PasswordBytes = 16;

    /// <summary>Opens a session that no connection owns.</summary>
    public async ValueTask<TreeAnswer<TreeSessionInfo>> OpenSessionAsync(int timeoutMs, CancellationToken cancellationToken)
    {
        if (!tree.IsServing)
        {
            return NotServing<TreeSessionInfo>();
        }

        var granted = settings.Negotiate(timeoutMs);
        var id = tree.NewSessionId();
        var opened = await SubmitSessionAsync(TreeSessionChange.Open, id, granted, cancellationToken);
        return opened is null ? Lost<TreeSessionInfo>()
            : opened.Error != TreeErrorCode.Ok ? TreeAnswer.Failed<TreeSessionInfo>(opened.Error, opened.Zxid)
            : TreeAnswer.Done(new TreeSessionInfo(id, PasswordOf(id), granted), opened.Zxid);
    }

    /// <summary>A sign of life.</summary>
    public async ValueTask<TreeAnswer<TreeSessionInfo>> TouchAsync(TreeCaller caller, CancellationToken cancellationToken)
    {
        var entry = await EnterAsync(caller, cancellationToken);
        return entry.Refusal is { } refusal ? refusal.WithoutValue<TreeSessionInfo>()
            : !tree.TryGetSession(caller.SessionId, out var session) ? TreeAnswer.Refused<TreeSessionInfo>(TreeErrorCode.SessionExpired)
            : TreeAnswer.Done(new TreeSessionInfo(caller.SessionId, caller.Password, session.TimeoutMs), tree.LastZxid);
    }

    /// <summary>Ends a session.</summary>
    public async ValueTask<TreeAnswer<AppliedZxid>> CloseSessionAsync(TreeCaller caller, CancellationToken cancellationToken)
    {
        var entry = await EnterAsync(caller, cancellationToken);
        if (entry.Refusal is { } refusal)
        {
            return refusal.WithoutValue<AppliedZxid>();
        }

        var closed = await SubmitSessionAsync(TreeSessionChange.Close, caller.SessionId, 0, cancellationToken);
        return closed is null ? Lost<AppliedZxid>()
            : closed.Error != TreeErrorCode.Ok ? TreeAnswer.Failed<AppliedZxid>(closed.Error, closed.Zxid)
            : TreeAnswer.Done(new AppliedZxid(closed.Zxid), closed.Zxid);
    }

    /// <summary>A command that changes nothing goes through the log: when it is applied here, everything before it is.</summary>
    public async ValueTask<TreeAnswer<AppliedZxid>> SyncAsync(TreeCaller caller, CancellationToken cancellationToken)
    {
        var entry = await EnterAsync(caller, cancellationToken);
        if (entry.Refusal is { } refusal)
        {
            return refusal.WithoutValue<AppliedZxid>();
        }

        var barrier = new TreeCompletion(1);
        tree.SubmitFailed(new SessionCaller(caller.SessionId, -1, entry.Identities), TreeErrorCode.Ok, barrier.Next([]));
        tree.Send();
        var passed = await barrier.WaitAsync(cancellationToken);
        return passed is not [var result] ? Lost<AppliedZxid>()
            : result.Error != TreeErrorCode.Ok ? TreeAnswer.Failed<AppliedZxid>(result.Error, result.Zxid)
            : TreeAnswer.Done(new AppliedZxid(result.Zxid), result.Zxid);
    }

    /// <summary>How large the tree is.</summary>
    public TreeAnswer<TreeStatus> GetStatus()
    {
        if (!tree.IsServing)
        {
            return NotServing<TreeStatus>();
        }

        var now = tree.Statistics;
        return TreeAnswer.Done(new TreeStatus(now.Znodes, now.Ephemerals, now.DataBytes, now.Sessions, now.Watches), tree.LastZxid);
    }

    private async Task<TreeWriteResult?> SubmitSessionAsync(
        TreeSessionChange change, long sessionId, int timeoutMs, CancellationToken cancellationToken)
    {
        var completion = new TreeCompletion(1);
        tree.SubmitSession(change, new SessionCaller(sessionId, -1, []), timeoutMs, owner: null, completion.Next([]));
        tree.Send();
        return await completion.WaitAsync(cancellationToken) is [var result] ? result : null;
    }

    /// <summary>
    /// Who calls: the password is compared in constant time, the node catches up with what the caller has seen, and the session is there
    /// and has been heard of.
    /// </summary>
    private async ValueTask<Entry> EnterAsync(TreeCaller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (!tree.IsServing)
        {
            return Entry.Refused(NotServing<object>());
        }

        if (caller.SessionId != 0 && !HasPassword(caller))
        {
            return Entry.Refused(TreeAnswer.Refused<object>(
                TreeErrorCode.SessionExpired, message: "There is no such session, or this is not its password."));
        }

        if (CallerIdentities.Of(caller, settings) is not { } identities)
        {
            return Entry.Refused(TreeAnswer.Refused<object>(
                TreeErrorCode.AuthFailed, message: "A credential is too long, or one too many, or its scheme is not 'digest'."));
        }

        if (caller.LastZxid > tree.LastZxid && !await tree.WaitAppliedAsync(caller.LastZxid, MaxZxidWait, cancellationToken))
        {
            return Entry.Refused(TreeAnswer.Busy<object>(
                $"The caller has seen zxid 0x{caller.LastZxid:x}, this node is at 0x{tree.LastZxid:x}."));
        }

        if (caller.SessionId == 0)
        {
            return new Entry(null, identities);
        }

        if (!tree.TryGetSession(caller.SessionId, out var session))
        {
            return Entry.Refused(TreeAnswer.Refused<object>(TreeErrorCode.SessionExpired, tree.LastZxid));
        }

        session.Pulse.Beat();
        return new Entry(null, identities);
    }

    private bool HasPassword(TreeCaller caller)
    {
        Span<byte> password = stackalloc byte[PasswordBytes];
        tree.WritePassword(caller.SessionId, password);
        return !caller.Password.IsDefault && CryptographicOperations.FixedTimeEquals(password, caller.Password.AsSpan());
    }

    private ImmutableArray<byte> PasswordOf(long sessionId)
    {
        Span<byte> password = stackalloc byte[PasswordBytes];
        tree.WritePassword(sessionId, password);
        return [.. password];
    }

    private static TreeAnswer<T> NotServing<T>()
        where T : class => TreeAnswer.Busy<T>("The tree is not served here now: the node is starting or stopping.");

    private static TreeAnswer<T> Lost<T>()
        where T : class => TreeAnswer.Unknown<T>("The node cannot tell what becomes of it: too much waits, or it stops.");

    /// <summary>A caller that may go on, or what it is answered.</summary>
    private readonly record struct Entry(TreeAnswer<object>? Refusal, IReadOnlyList<ZnodeIdentity> Identities)
    {
        public static Entry Refused(in TreeAnswer<object> refusal) => new(refusal, []);
    }
}
