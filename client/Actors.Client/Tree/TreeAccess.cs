using Actors.Abstractions;

namespace Actors.Client;

/// <summary>
/// A way to the znode tree: of a <see cref="TreeSession"/>, or of nobody in particular (<see cref="ActorsTree"/>). Thread-safe. Outcomes
/// that a program has to expect (no such znode, another version, no permission) are values; <see cref="TreeAnswer{T}.GetValueOrThrow"/>
/// makes exceptions of them.
/// </summary>
public abstract class TreeAccess
{
    private protected TreeAccess(ITreeGrain tree, IGrainFactory grains, SeenZxid seen) => (TreeGrain, Grains, Seen) = (tree, grains, seen);

    /// <summary>
    /// The highest zxid that this client was told of: by an answer, to a session of its or without one, or by a change it follows. Every call
    /// carries it, and whatever silo answers has applied that much: what was seen once, or written, is seen from then on.
    /// </summary>
    public long LastZxid => Seen.Value;

    /// <summary>A znode, which need not exist.</summary>
    /// <param name="path">Its path, such as <c>/payments/master</c>.</param>
    public Znode this[string path] => new(this, path);

    internal ITreeGrain TreeGrain { get; }

    internal IGrainFactory Grains { get; }

    internal SeenZxid Seen { get; }

    /// <summary>Begins writes that are done together or not at all.</summary>
    public TreeMulti Multi() => new(this);

    /// <summary>A barrier: what anybody was told of before it is seen by every read after it.</summary>
    /// <exception cref="TreeSessionExpiredException">The session is over.</exception>
    public ValueTask<TreeAnswer<AppliedZxid>> SyncAsync(CancellationToken cancellationToken = default) =>
        ReadAsync((caller, cancellation) => TreeGrain.SyncAsync(caller, cancellation), cancellationToken);

    /// <summary>Several reads at one state of the tree, in one call, each with a code of its own.</summary>
    /// <exception cref="TreeSessionExpiredException">The session is over.</exception>
    public ValueTask<TreeAnswer<ZnodeReadResults>> ReadAsync(
        IEnumerable<ZnodeRead> reads, CancellationToken cancellationToken = default) =>
        ReadAsync((caller, cancellation) => TreeGrain.ReadAsync(caller, [.. reads], cancellation), cancellationToken);

    /// <summary>Reads: tried again until it is answered.</summary>
    internal abstract ValueTask<TreeAnswer<T>> ReadAsync<T>(
        Func<TreeCaller, CancellationToken, ValueTask<TreeAnswer<T>>> call, CancellationToken cancellationToken)
        where T : class;

    /// <summary>Writes: Done where it has taken its place in the log, also with an error.</summary>
    internal abstract ValueTask<TreeAnswer<TreeWriteResult>> WriteAsync(TreeWrite write, CancellationToken cancellationToken);

    /// <summary>Completes when a znode may have changed behind a zxid: at once where that is not known.</summary>
    internal abstract Task WhenChangedAsync(string path, long sinceZxid, CancellationToken cancellationToken);
}
