using Actors.Model.Ports;
using Actors.Model.Znodes;
using Actors.Node.Cluster;

namespace Actors.Node.Tree;

/// <summary>The port to the changes of the tree.</summary>
internal sealed class TreeFeeds(ClusterHost host, int queueBytes) : ITreeFeeds
{
    public bool IsServing => host.IsReady;

    public ITreeFeed Open(IReadOnlyList<ZnodeIdentity> identities, Action wake) => new TreeFeed(host, identities, wake, queueBytes);
}
