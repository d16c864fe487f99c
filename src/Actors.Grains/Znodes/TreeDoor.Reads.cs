using System.Collections.Immutable;
using System.Text;
using Actors.Abstractions;
using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Grains;

/// <summary>Reads: between two commands, on the caller's thread, copied out before the next one.</summary>
internal sealed partial class TreeDoor
{
    private const int ResultBytes = 128; // about what a result takes beside its data

    /// <summary>Reads one thing.</summary>
    public async ValueTask<TreeAnswer<T>> ReadAsync<T>(
        TreeCaller caller, ZnodeRead read, Func<ZnodeReadResult, T> make, CancellationToken cancellationToken)
        where T : class
    {
        var entry = await EnterAsync(caller, cancellationToken);
        if (entry.Refusal is { } refusal)
        {
            return refusal.WithoutValue<T>();
        }

        var view = tree.BeginReads();
        ZnodeReadResult result;
        long zxid;
        try
        {
            result = Read(view, caller, read, entry.Identities);
            zxid = view.LastZxid;
        }
        finally
        {
            tree.EndReads();
        }

        return result.Error == TreeErrorCode.Ok ? TreeAnswer.Done(make(result), zxid) : TreeAnswer.Refused<T>(result.Error, zxid);
    }

    /// <summary>Reads several things at one state.</summary>
    public async ValueTask<TreeAnswer<ZnodeReadResults>> ReadAsync(
        TreeCaller caller, ImmutableArray<ZnodeRead> reads, CancellationToken cancellationToken)
    {
        if (reads.IsDefaultOrEmpty || reads.Length > TreeLimits.MaxReads || reads.Any(r => r?.Path is null))
        {
            return TreeAnswer.Refused<ZnodeReadResults>(
                TreeErrorCode.BadArguments, message: $"A call carries 1 to {TreeLimits.MaxReads} reads, each with a path.");
        }

        var entry = await EnterAsync(caller, cancellationToken);
        if (entry.Refusal is { } refusal)
        {
            return refusal.WithoutValue<ZnodeReadResults>();
        }

        var results = ImmutableArray.CreateBuilder<ZnodeReadResult>(reads.Length);
        var view = tree.BeginReads();
        long zxid;
        try
        {
            var bytes = 0L;
            foreach (var read in reads)
            {
                var result = Read(view, caller, read, entry.Identities);
                bytes += SizeOf(result);
                if (results.Count > 0 && bytes > TreeLimits.MaxCallBytes)
                {
                    break;
                }

                results.Add(result);
            }

            zxid = view.LastZxid;
        }
        finally
        {
            tree.EndReads();
        }

        return TreeAnswer.Done(new ZnodeReadResults(results.DrainToImmutable()), zxid);
    }

    private static ZnodeReadResult Read(ITreeView view, TreeCaller caller, ZnodeRead read, IReadOnlyList<ZnodeIdentity> who)
    {
        var path = Encoding.UTF8.GetBytes(read.Path);
        ZnodeStat stat;
        TreeErrorCode error;
        switch (read.Kind)
        {
            case ZnodeReadKind.Data:
                error = view.GetData(path, who, out var data, out var isNull, out stat);
                return new ZnodeReadResult
                {
                    Error = error, Stat = stat,
                    Data = isNull || error != TreeErrorCode.Ok ? default(ReadOnlyMemory<byte>?) : data.ToArray(),
                };
            case ZnodeReadKind.Exists:
                error = view.Exists(path, who, out stat);
                return new ZnodeReadResult { Error = error, Stat = stat };
            case ZnodeReadKind.Children:
                var page = new NamePage(read);
                error = view.GetChildren(path, who, page, out stat);
                return error == TreeErrorCode.Ok
                    ? new ZnodeReadResult { Stat = stat, Names = page.Take(), HasMore = page.HasMore }
                    : new ZnodeReadResult { Error = error };
            case ZnodeReadKind.Acl:
                error = view.GetAcl(path, who, out var acl, out stat);
                return new ZnodeReadResult { Error = error, Stat = stat, Acl = [.. acl] };
            case ZnodeReadKind.CountBelow:
                error = view.GetAllChildrenNumber(path, who, out var count);
                return new ZnodeReadResult { Error = error, Count = count };
            case ZnodeReadKind.Ephemerals:
                page = new NamePage(read);
                foreach (var ephemeral in view.GetEphemerals(caller.SessionId, path))
                {
                    page.Add(ephemeral);
                }

                return new ZnodeReadResult { Names = page.Take(), HasMore = page.HasMore };
            default:
                return new ZnodeReadResult { Error = TreeErrorCode.Unimplemented };
        }
    }

    private static long SizeOf(ZnodeReadResult result)
    {
        var size = ResultBytes + (long)(result.Data?.Length ?? 0);
        foreach (var name in result.Names)
        {
            size += name.Length + sizeof(int);
        }

        return size + (result.Acl.Length * ResultBytes);
    }
}
