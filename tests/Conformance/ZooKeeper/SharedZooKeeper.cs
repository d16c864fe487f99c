namespace Conformance.ZooKeeper;

[CollectionDefinition(Name)]
public sealed class SharedZooKeeper : ICollectionFixture<ZooKeeperNode>
{
    public const string Name = "zookeeper node";
}
