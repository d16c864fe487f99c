using System.Collections.Immutable;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Actors.Abstractions;

/// <summary>
/// One znode; the grain's key is its path, such as <c>/payments/master</c>. A znode is addressed as a grain; its data lives in the
/// replicated tree on every silo, so an activation holds nothing: it is a worker on the silo that the call reaches first, and goes after two
/// minutes. Order of calls that overlap is Orleans' choice; whoever needs a session's order, or a write that is safe to repeat, sends its
/// writes by <see cref="ITreeGrain.WriteAsync"/>, as the SDK does.
/// </summary>
[Alias("actors.znode"), GrainInterfaceType("actors.znode"), Version(1)]
public interface IZnodeGrain : IGrainWithStringKey
{
    /// <summary>Data and Stat.</summary>
    [Alias("get"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<ZnodeData>> GetAsync(TreeCaller caller, CancellationToken cancellationToken = default);

    /// <summary>Stat, or refused with NoNode. Needs the right to read.</summary>
    [Alias("exists"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<ZnodeInfo>> ExistsAsync(TreeCaller caller, CancellationToken cancellationToken = default);

    /// <summary>Names of children behind <paramref name="after"/>, null for the first page.</summary>
    [Alias("children"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<ZnodeChildren>> GetChildrenAsync(
        TreeCaller caller, string? after = null, CancellationToken cancellationToken = default);

    /// <summary>The access list.</summary>
    [Alias("get-acl"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<ZnodeAccess>> GetAclAsync(TreeCaller caller, CancellationToken cancellationToken = default);

    /// <summary>Creates the znode; of a sequential one the answer has the path it was given. Done: it is synced.</summary>
    [Alias("create"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<ZnodeInfo>> CreateAsync(TreeCaller caller, ZnodeSpec spec, CancellationToken cancellationToken = default);

    /// <summary>Sets the data, if the version is the znode's or -1. The array belongs to the call from then on.</summary>
    [Alias("set"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<ZnodeInfo>> SetAsync(
        TreeCaller caller, byte[]? data, int version = ZnodeChange.AnyVersion, CancellationToken cancellationToken = default);

    /// <summary>Deletes the znode, if the version is its own or -1 and it has no children.</summary>
    [Alias("delete"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<ZnodeInfo>> DeleteAsync(
        TreeCaller caller, int version = ZnodeChange.AnyVersion, CancellationToken cancellationToken = default);

    /// <summary>Sets the access list, if the version is the list's or -1.</summary>
    [Alias("set-acl"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<ZnodeInfo>> SetAclAsync(
        TreeCaller caller, ImmutableArray<ZnodeAcl> acl, int version = ZnodeChange.AnyVersion, CancellationToken cancellationToken = default);
}
