using System.Collections.Immutable;
using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Actors.Abstractions;

/// <summary>
/// The tree as a whole, answered by workers on the silo that the call reaches first; the key is always 0. Sessions, several writes or
/// reads in one call, a barrier. A session of an Orleans client is bound to no connection and no silo: whoever shows its id and password
/// speaks for it, every call in its name is a sign of life, and when there has been none for its timeout it ends and its ephemeral
/// znodes with it, as for ZooKeeper's clients.
/// </summary>
[Alias("actors.tree"), GrainInterfaceType("actors.tree"), Version(1)]
public interface ITreeGrain : IGrainWithIntegerKey
{
    /// <summary>Key of the only one.</summary>
    const long Key = 0;

    /// <summary>Opens a session. A call without an answer may have opened one that nobody knows: it ends by its timeout.</summary>
    /// <param name="timeoutMs">How long it may be silent, in ms; the server keeps it within its bounds (4 s to 40 s by default).</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Alias("open-session"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<TreeSessionInfo>> OpenSessionAsync(int timeoutMs, CancellationToken cancellationToken = default);

    /// <summary>A sign of life, where nothing else was called.</summary>
    [Alias("touch"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    ValueTask<TreeAnswer<TreeSessionInfo>> TouchAsync(TreeCaller caller, CancellationToken cancellationToken = default);

    /// <summary>Ends the session, and its ephemeral znodes with it.</summary>
    [Alias("close-session"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<AppliedZxid>> CloseSessionAsync(TreeCaller caller, CancellationToken cancellationToken = default);

    /// <summary>
    /// Does writes one behind the other; each succeeds or fails by itself. With <see cref="TreeCaller.Operation"/> n they are numbered
    /// n, n + 1 and so on, and a call that got no answer is repeated as it was: what had been done is answered, not done again. Done: each
    /// has its result, good or bad. Since Orleans reorders calls that overlap, a session's order is kept by having one such call on its way.
    /// </summary>
    [Alias("write"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<TreeWriteResults>> WriteAsync(
        TreeCaller caller, ImmutableArray<TreeWrite> writes, CancellationToken cancellationToken = default);

    /// <summary>Does all changes together, or none: then refused with the code of the one that failed; the message names it.</summary>
    [Alias("multi"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<TreeWriteResult>> MultiAsync(
        TreeCaller caller, ImmutableArray<ZnodeChange> changes, CancellationToken cancellationToken = default);

    /// <summary>Reads several things at one state of the tree, each with its own code.</summary>
    [Alias("read"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<ZnodeReadResults>> ReadAsync(
        TreeCaller caller, ImmutableArray<ZnodeRead> reads, CancellationToken cancellationToken = default);

    /// <summary>
    /// A barrier: when it is answered, the answering silo has applied every write that anybody was told of before the call. It goes
    /// through the log, and takes a zxid. A read that carries the answer's zxid sees all of them.
    /// </summary>
    [Alias("sync"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<AppliedZxid>> SyncAsync(TreeCaller caller, CancellationToken cancellationToken = default);

    /// <summary>How large the tree is, on the answering silo.</summary>
    [Alias("status"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<TreeStatus>> GetStatusAsync(CancellationToken cancellationToken = default);
}
