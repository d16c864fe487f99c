using System.Collections.Immutable;
using System.Text;
using Actors.Abstractions;
using Actors.Model.Znodes;

namespace Actors.Client;

/// <summary>
/// One znode of a <see cref="TreeAccess"/>. What a program has to expect is a value: NoNode, NodeExists, BadVersion, NoAuth… Every member
/// throws <see cref="TreeSessionExpiredException"/> once the session is over; a <see cref="TreeAnswer{T}.Kind"/> of Unknown says that no
/// silo answered within the delivery timeout, and a write may have been done.
/// </summary>
public sealed class Znode
{
    private readonly TreeAccess _tree;
    private readonly IZnodeGrain _grain;

    internal Znode(TreeAccess tree, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        (_tree, Path, _grain) = (tree, path, tree.Grains.GetGrain<IZnodeGrain>(path));
    }

    /// <summary>Its path.</summary>
    public string Path { get; }

    /// <summary>A znode under it.</summary>
    public Znode this[string name] => new(_tree, Path == "/" ? "/" + name : $"{Path}/{name}");

    /// <summary>Creates it. Of a sequential one the answer has the path it was given.</summary>
    public ValueTask<TreeAnswer<ZnodeInfo>> CreateAsync(ZnodeSpec spec, CancellationToken cancellationToken = default) =>
        ChangeAsync(ZnodeChange.Create(Path, spec), cancellationToken);

    /// <summary>Creates it with a text, as UTF-8.</summary>
    public ValueTask<TreeAnswer<ZnodeInfo>> CreateTextAsync(
        string text, CreateMode mode = CreateMode.Persistent, CancellationToken cancellationToken = default) =>
        CreateAsync(new ZnodeSpec { Data = Encoding.UTF8.GetBytes(text), Mode = mode }, cancellationToken);

    /// <summary>
    /// Makes sure that it is there, and all above it: what is missing is created, persistent, empty and open to everybody. Answers what
    /// is told of it.
    /// </summary>
    public async ValueTask<TreeAnswer<ZnodeInfo>> EnsureAsync(CancellationToken cancellationToken = default)
    {
        var there = await ExistsAsync(cancellationToken).ConfigureAwait(false);
        if (there.Error != TreeErrorCode.NoNode)
        {
            return there;
        }

        if (Path.LastIndexOf('/') is > 0 and var slash)
        {
            var above = await _tree[Path[..slash]].EnsureAsync(cancellationToken).ConfigureAwait(false);
            if (!above.IsDone)
            {
                return above;
            }
        }

        var created = await CreateAsync(ZnodeSpec.Empty, cancellationToken).ConfigureAwait(false);
        return created.Error == TreeErrorCode.NodeExists ? await ExistsAsync(cancellationToken).ConfigureAwait(false) : created;
    }

    /// <summary>Data and Stat.</summary>
    public ValueTask<TreeAnswer<ZnodeData>> GetAsync(CancellationToken cancellationToken = default) =>
        _tree.ReadAsync(_grain.GetAsync, cancellationToken);

    /// <summary>Stat, or refused with NoNode.</summary>
    public ValueTask<TreeAnswer<ZnodeInfo>> ExistsAsync(CancellationToken cancellationToken = default) =>
        _tree.ReadAsync(_grain.ExistsAsync, cancellationToken);

    /// <summary>Sets the data; null is not the same as empty.</summary>
    /// <param name="data">The data.</param>
    /// <param name="version">Version that the znode must have; -1: any.</param>
    /// <param name="cancellationToken">Ends the wait, not the write.</param>
    public ValueTask<TreeAnswer<ZnodeInfo>> SetAsync(
        ReadOnlyMemory<byte>? data, int version = ZnodeChange.AnyVersion, CancellationToken cancellationToken = default) =>
        ChangeAsync(ZnodeChange.SetData(Path, data, version), cancellationToken);

    /// <summary>Sets the data to a text, as UTF-8.</summary>
    /// <param name="text">The text.</param>
    /// <param name="version">Version that the znode must have; -1: any.</param>
    /// <param name="cancellationToken">Ends the wait, not the write.</param>
    public ValueTask<TreeAnswer<ZnodeInfo>> SetTextAsync(
        string text, int version = ZnodeChange.AnyVersion, CancellationToken cancellationToken = default) =>
        SetAsync(Encoding.UTF8.GetBytes(text), version, cancellationToken);

    /// <summary>Deletes it.</summary>
    /// <param name="version">Version that the znode must have; -1: any.</param>
    /// <param name="cancellationToken">Ends the wait, not the write.</param>
    public ValueTask<TreeAnswer<ZnodeInfo>> DeleteAsync(
        int version = ZnodeChange.AnyVersion, CancellationToken cancellationToken = default) =>
        ChangeAsync(ZnodeChange.Delete(Path, version), cancellationToken);

    /// <summary>
    /// Names of all children, in ordinal order. More than 10,000 (or 512 KiB) come in several calls: what is created or deleted meanwhile
    /// may be there or not.
    /// </summary>
    public async ValueTask<TreeAnswer<ZnodeChildren>> GetChildrenAsync(CancellationToken cancellationToken = default)
    {
        var names = ImmutableArray.CreateBuilder<string>();
        for (string? after = null; ;)
        {
            var page = await _tree.ReadAsync(
                (caller, cancellation) => _grain.GetChildrenAsync(caller, after, cancellation), cancellationToken).ConfigureAwait(false);
            if (!page.IsDone || (after is null && !page.Value.HasMore))
            {
                return page;
            }

            names.AddRange(page.Value.Names);
            if (!page.Value.HasMore)
            {
                return TreeAnswer.Done(new ZnodeChildren(names.DrainToImmutable(), page.Value.Stat, false), page.Zxid);
            }

            after = page.Value.Names[^1];
        }
    }

    /// <summary>The access list.</summary>
    public ValueTask<TreeAnswer<ZnodeAccess>> GetAclAsync(CancellationToken cancellationToken = default) =>
        _tree.ReadAsync(_grain.GetAclAsync, cancellationToken);

    /// <summary>Sets the access list.</summary>
    /// <param name="acl">Who may what.</param>
    /// <param name="version">Version that the list must have; -1: any.</param>
    /// <param name="cancellationToken">Ends the wait, not the write.</param>
    public ValueTask<TreeAnswer<ZnodeInfo>> SetAclAsync(
        ImmutableArray<ZnodeAcl> acl, int version = ZnodeChange.AnyVersion, CancellationToken cancellationToken = default) =>
        ChangeAsync(ZnodeChange.SetAcl(Path, acl, version), cancellationToken);

    /// <summary>
    /// Completes when it may have changed (created, deleted, its data set, a child come or gone) behind a zxid, such as that of the
    /// answer that read it; at once where that is not known. Read it again then: this is for loops, not for counting changes.
    /// </summary>
    public Task WhenChangedAsync(long sinceZxid, CancellationToken cancellationToken = default) =>
        _tree.WhenChangedAsync(Path, sinceZxid, cancellationToken);

    private async ValueTask<TreeAnswer<ZnodeInfo>> ChangeAsync(ZnodeChange change, CancellationToken cancellationToken)
    {
        var answer = await _tree.WriteAsync(TreeWrite.Of(change), cancellationToken).ConfigureAwait(false);
        return !answer.IsDone ? answer.WithoutValue<ZnodeInfo>()
            : answer.Value.Error != TreeErrorCode.Ok ? TreeAnswer.Failed<ZnodeInfo>(answer.Value.Error, answer.Value.Zxid)
            : TreeAnswer.Done(answer.Value.Changes[0].Znode!, answer.Value.Zxid);
    }
}
