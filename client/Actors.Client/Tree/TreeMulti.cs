using System.Collections.Immutable;
using System.Text;
using Actors.Abstractions;
using Actors.Model.Znodes;

namespace Actors.Client;

/// <summary>Writes that are done together or not at all. See <see cref="TreeAccess.Multi"/>. Not thread-safe.</summary>
public sealed class TreeMulti
{
    private readonly TreeAccess _tree;
    private readonly ImmutableArray<ZnodeChange>.Builder _changes = ImmutableArray.CreateBuilder<ZnodeChange>();

    internal TreeMulti(TreeAccess tree) => _tree = tree;

    /// <summary>Creates a znode.</summary>
    public TreeMulti Create(string path, ZnodeSpec spec) => Add(ZnodeChange.Create(path, spec));

    /// <summary>Creates a znode with a text, as UTF-8.</summary>
    public TreeMulti CreateText(string path, string text, CreateMode mode = CreateMode.Persistent) =>
        Create(path, new ZnodeSpec { Data = Encoding.UTF8.GetBytes(text), Mode = mode });

    /// <summary>Sets a znode's data, if its version is the given one or that is -1.</summary>
    public TreeMulti Set(string path, ReadOnlyMemory<byte>? data, int version = ZnodeChange.AnyVersion) =>
        Add(ZnodeChange.SetData(path, data, version));

    /// <summary>Sets a znode's data to a text, as UTF-8.</summary>
    public TreeMulti SetText(string path, string text, int version = ZnodeChange.AnyVersion) =>
        Set(path, Encoding.UTF8.GetBytes(text), version);

    /// <summary>Deletes a znode.</summary>
    public TreeMulti Delete(string path, int version = ZnodeChange.AnyVersion) => Add(ZnodeChange.Delete(path, version));

    /// <summary>Nothing is done unless the znode is there in this version.</summary>
    public TreeMulti Check(string path, int version = ZnodeChange.AnyVersion) => Add(ZnodeChange.Check(path, version));

    /// <summary>Any other change.</summary>
    public TreeMulti Add(ZnodeChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        _changes.Add(change);
        return this;
    }

    /// <summary>
    /// Does it. Refused, with the code of the change that failed and a message that names it: nothing was done.
    /// </summary>
    /// <exception cref="TreeSessionExpiredException">The session is over.</exception>
    public async ValueTask<TreeAnswer<TreeWriteResult>> CommitAsync(CancellationToken cancellationToken = default)
    {
        var answer = await _tree.WriteAsync(new TreeWrite(_changes.ToImmutable(), IsMulti: true), cancellationToken).ConfigureAwait(false);
        if (!answer.IsDone || answer.Value.Error == TreeErrorCode.Ok)
        {
            return answer;
        }

        var result = answer.Value;
        for (var i = 0; i < result.Changes.Length && i < _changes.Count; i++)
        {
            if (result.Changes[i].Error != TreeErrorCode.Ok)
            {
                return TreeAnswer.Refused<TreeWriteResult>(
                    result.Error, result.Zxid, $"Change {i + 1} of {_changes.Count}, {_changes[i].Kind} of {_changes[i].Path}, is {result.Error}.");
            }
        }

        return TreeAnswer.Failed<TreeWriteResult>(result.Error, result.Zxid);
    }
}
