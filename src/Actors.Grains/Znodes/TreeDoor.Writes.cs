using System.Collections.Immutable;
using System.Text;
using Actors.Abstractions;
using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Grains;

/// <summary>Writes: checked for size, handed over in order, answered when they are applied here.</summary>
internal sealed partial class TreeDoor
{
    /// <summary>Does one change.</summary>
    public async ValueTask<TreeAnswer<ZnodeInfo>> ChangeAsync(TreeCaller caller, ZnodeChange change, CancellationToken cancellationToken)
    {
        var answer = await WriteAsync(caller, [TreeWrite.Of(change)], cancellationToken);
        if (!answer.IsDone)
        {
            return answer.WithoutValue<ZnodeInfo>();
        }

        var result = answer.Value.Writes[0];
        return result.Error != TreeErrorCode.Ok
            ? TreeAnswer.Failed<ZnodeInfo>(result.Error, result.Zxid)
            : TreeAnswer.Done(result.Changes[0].Znode!, result.Zxid);
    }

    /// <summary>Does changes together.</summary>
    public async ValueTask<TreeAnswer<TreeWriteResult>> MultiAsync(
        TreeCaller caller, ImmutableArray<ZnodeChange> changes, CancellationToken cancellationToken)
    {
        var answer = await WriteAsync(caller, [new TreeWrite(changes, IsMulti: true)], cancellationToken);
        if (!answer.IsDone)
        {
            return answer.WithoutValue<TreeWriteResult>();
        }

        var result = answer.Value.Writes[0];
        if (result.Error == TreeErrorCode.Ok)
        {
            return TreeAnswer.Done(result, result.Zxid);
        }

        var failed = 0;
        while (failed < result.Changes.Length - 1 && result.Changes[failed].Error == TreeErrorCode.Ok)
        {
            failed++;
        }

        return result.Error == TreeErrorCode.ThrottledOp || failed >= changes.Length
            ? TreeAnswer.Failed<TreeWriteResult>(result.Error, result.Zxid)
            : TreeAnswer.Refused<TreeWriteResult>(
                result.Error, result.Zxid,
                $"Change {failed + 1} of {changes.Length}, {changes[failed].Kind} of {changes[failed].Path}, is {result.Error}.");
    }

    /// <summary>Does writes one behind the other.</summary>
    public async ValueTask<TreeAnswer<TreeWriteResults>> WriteAsync(
        TreeCaller caller, ImmutableArray<TreeWrite> writes, CancellationToken cancellationToken)
    {
        if (FindFault(caller, writes) is { } fault)
        {
            return TreeAnswer.Refused<TreeWriteResults>(TreeErrorCode.BadArguments, message: fault);
        }

        var entry = await EnterAsync(caller, cancellationToken);
        if (entry.Refusal is { } refusal)
        {
            return refusal.WithoutValue<TreeWriteResults>();
        }

        var completion = new TreeCompletion(writes.Length);
        for (var i = 0; i < writes.Length && !completion.IsLost; i++)
        {
            var who = new SessionCaller(
                caller.SessionId, -1, entry.Identities, caller.Operation == 0 ? 0 : caller.Operation + i, caller.LowestUnanswered);
            HandOver(who, writes[i], completion.Next(writes[i].Changes));
        }

        tree.Send();
        if (completion is { IsLost: true, HandedOver: 1 })
        {
            return TreeAnswer.Busy<TreeWriteResults>("Too much waits for the log; nothing was done.");
        }

        return await completion.WaitAsync(cancellationToken) is { } results
            ? TreeAnswer.Done(new TreeWriteResults(results), results[^1].Zxid)
            : Lost<TreeWriteResults>();
    }

    private void HandOver(in SessionCaller who, TreeWrite write, ITreeReply reply)
    {
        if (!write.IsMulti)
        {
            tree.Submit(who, ToPort(write.Changes[0]), reply);
            return;
        }

        var changes = new ZnodeWrite[write.Changes.Length];
        for (var i = 0; i < changes.Length; i++)
        {
            changes[i] = ToPort(write.Changes[i]);
        }

        tree.SubmitMulti(who, changes, reply);
    }

    private static ZnodeWrite ToPort(ZnodeChange change) => new()
    {
        Kind = change.Kind,
        Path = Encoding.UTF8.GetBytes(change.Path),
        Data = change.Data.GetValueOrDefault(),
        DataIsNull = change.Data is null,
        Acl = change.Kind is ZnodeWriteKind.Create or ZnodeWriteKind.SetAcl ? change.Acl : null,
        Flags = (int)change.Mode,
        TtlMs = change.TtlMs,
        Version = change.Version,
    };

    private static string? FindFault(TreeCaller caller, ImmutableArray<TreeWrite> writes)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (writes.IsDefaultOrEmpty || writes.Length > TreeLimits.MaxOutstandingWrites)
        {
            return $"A call carries 1 to {TreeLimits.MaxOutstandingWrites} writes.";
        }

        if (caller.Operation < 0 || caller.LowestUnanswered > caller.Operation || (caller.Operation > 0 && caller.LowestUnanswered <= 0)
            || caller.Operation > long.MaxValue - TreeLimits.MaxOutstandingWrites || (caller.Operation > 0 && caller.SessionId == 0))
        {
            return "Writes are numbered from 1 on, within a session, and the lowest without an answer is none above the first of the call.";
        }

        long bytes = 0;
        foreach (var write in writes)
        {
            if (write is null || write.Changes.IsDefault || write.Changes.Length > TreeLimits.MaxChangesOfMulti
                || (!write.IsMulti && write.Changes.Length != 1))
            {
                return $"A write has one change, a multi up to {TreeLimits.MaxChangesOfMulti}.";
            }

            var size = 0L;
            foreach (var change in write.Changes)
            {
                if (change?.Path is null || change.Acl.IsDefault || change.Kind is < ZnodeWriteKind.Create or > ZnodeWriteKind.Check
                    || (change.Kind == ZnodeWriteKind.Check && !write.IsMulti))
                {
                    return "A change has a path and a kind; a check is part of a multi.";
                }

                size += change.SizeBytes;
            }

            if (size > TreeLimits.MaxWriteBytes)
            {
                return $"A write takes {size} bytes, at most {TreeLimits.MaxWriteBytes} are allowed.";
            }

            bytes += size;
        }

        return bytes > TreeLimits.MaxCallBytes ? $"The call's writes take {bytes} bytes, at most {TreeLimits.MaxCallBytes} are allowed." : null;
    }
}
