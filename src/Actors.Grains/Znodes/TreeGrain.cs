using System.Collections.Immutable;
using Actors.Abstractions;
using Actors.Model.Ports;
using Orleans.Concurrency;

namespace Actors.Grains;

/// <summary>The tree as a whole: stateless workers, as many per silo as it has processors; see <see cref="ZnodeGrain"/> for why.</summary>
[GrainType("actors.tree"), StatelessWorker]
public sealed class TreeGrain(ILocalTree tree, TreeClientSettings settings) : Grain, ITreeGrain
{
    private readonly TreeDoor _door = new(tree, settings);

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<TreeSessionInfo>> OpenSessionAsync(int timeoutMs, CancellationToken cancellationToken = default) =>
        _door.OpenSessionAsync(timeoutMs, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<TreeSessionInfo>> TouchAsync(TreeCaller caller, CancellationToken cancellationToken = default) =>
        _door.TouchAsync(caller, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<AppliedZxid>> CloseSessionAsync(TreeCaller caller, CancellationToken cancellationToken = default) =>
        _door.CloseSessionAsync(caller, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<TreeWriteResults>> WriteAsync(
        TreeCaller caller, ImmutableArray<TreeWrite> writes, CancellationToken cancellationToken = default) =>
        _door.WriteAsync(caller, writes, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<TreeWriteResult>> MultiAsync(
        TreeCaller caller, ImmutableArray<ZnodeChange> changes, CancellationToken cancellationToken = default) =>
        _door.MultiAsync(caller, changes, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<ZnodeReadResults>> ReadAsync(
        TreeCaller caller, ImmutableArray<ZnodeRead> reads, CancellationToken cancellationToken = default) =>
        _door.ReadAsync(caller, reads, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<AppliedZxid>> SyncAsync(TreeCaller caller, CancellationToken cancellationToken = default) =>
        _door.SyncAsync(caller, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<TreeStatus>> GetStatusAsync(CancellationToken cancellationToken = default) => new(_door.GetStatus());
}
