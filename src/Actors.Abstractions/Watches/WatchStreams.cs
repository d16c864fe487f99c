namespace Actors.Abstractions;

/// <summary>
/// Names of the Orleans streams that tell changes of the tree:
/// <c>GetStreamProvider(WatchStreams.ProviderName).GetStream&lt;ZnodeEvent&gt;(StreamId.Create(WatchStreams.ZnodeNamespace, "/payments"))</c>.
/// </summary>
public static class WatchStreams
{
    /// <summary>The stream provider, on silos and on clients.</summary>
    public const string ProviderName = "actors.watch";

    /// <summary>
    /// Namespace of the stream of one znode (the key is its path): it is created, deleted, its data is set, a child comes or goes.
    /// ZooKeeper's persistent watch.
    /// </summary>
    public const string ZnodeNamespace = "znode";

    /// <summary>
    /// Namespace of the stream of a znode and all below it: created, deleted, data set. ZooKeeper's persistent recursive watch, which
    /// does not tell of children: they tell of themselves.
    /// </summary>
    public const string TreeNamespace = "znode-tree";
}
