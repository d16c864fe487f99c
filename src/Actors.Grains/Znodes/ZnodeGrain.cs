using System.Collections.Immutable;
using Actors.Abstractions;
using Actors.Model.Ports;
using Actors.Model.Znodes;
using Orleans.Concurrency;

namespace Actors.Grains;

/// <summary>
/// The address of one znode. A stateless worker: it is active on the silo the call reaches first, which is the caller's gateway or the
/// caller's own silo, without an entry in the grain directory, so that touching a million paths churns nothing that silos share. One per
/// path and silo is enough, since its calls interleave; it goes after two minutes without one.
/// </summary>
[GrainType("actors.znode"), StatelessWorker(1), CollectionAgeLimit(Minutes = 2)]
public sealed class ZnodeGrain(ILocalTree tree, TreeClientSettings settings) : Grain, IZnodeGrain
{
    private readonly TreeDoor _door = new(tree, settings);

    private string Path => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<ZnodeData>> GetAsync(TreeCaller caller, CancellationToken cancellationToken = default) =>
        _door.ReadAsync(
            caller, new ZnodeRead(ZnodeReadKind.Data, Path), static r => new ZnodeData(r.Data, r.Stat), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<ZnodeInfo>> ExistsAsync(TreeCaller caller, CancellationToken cancellationToken = default) =>
        _door.ReadAsync(
            caller, new ZnodeRead(ZnodeReadKind.Exists, Path), r => new ZnodeInfo(Path, r.Stat), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<ZnodeChildren>> GetChildrenAsync(
        TreeCaller caller, string? after = null, CancellationToken cancellationToken = default) =>
        _door.ReadAsync(
            caller, new ZnodeRead(ZnodeReadKind.Children, Path, after), static r => new ZnodeChildren(r.Names, r.Stat, r.HasMore),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<ZnodeAccess>> GetAclAsync(TreeCaller caller, CancellationToken cancellationToken = default) =>
        _door.ReadAsync(
            caller, new ZnodeRead(ZnodeReadKind.Acl, Path), static r => new ZnodeAccess(r.Acl, r.Stat), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<ZnodeInfo>> CreateAsync(TreeCaller caller, ZnodeSpec spec, CancellationToken cancellationToken = default) =>
        _door.ChangeAsync(caller, ZnodeChange.Create(Path, spec), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<ZnodeInfo>> SetAsync(
        TreeCaller caller, byte[]? data, int version = ZnodeChange.AnyVersion, CancellationToken cancellationToken = default) =>
        _door.ChangeAsync(
            caller, ZnodeChange.SetData(Path, data is null ? default(ReadOnlyMemory<byte>?) : data, version), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<ZnodeInfo>> DeleteAsync(
        TreeCaller caller, int version = ZnodeChange.AnyVersion, CancellationToken cancellationToken = default) =>
        _door.ChangeAsync(caller, ZnodeChange.Delete(Path, version), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TreeAnswer<ZnodeInfo>> SetAclAsync(
        TreeCaller caller, ImmutableArray<ZnodeAcl> acl, int version = ZnodeChange.AnyVersion, CancellationToken cancellationToken = default) =>
        _door.ChangeAsync(caller, ZnodeChange.SetAcl(Path, acl, version), cancellationToken);
}
