namespace Actors.Model.Znodes;

/// <summary>Kinds of znodes to create, with ZooKeeper's flag values (org.apache.zookeeper.CreateMode).</summary>
public enum CreateMode
{
    /// <summary>Stays until it is deleted.</summary>
    Persistent = 0,
    /// <summary>Goes with its session; has no children.</summary>
    Ephemeral = 1,
    /// <summary>Stays; the parent's create count is appended to its name, ten digits.</summary>
    PersistentSequential = 2,
    /// <summary>Goes with its session; numbered.</summary>
    EphemeralSequential = 3,
    /// <summary>Is deleted some time after its last child has gone (ZOOKEEPER-2163).</summary>
    Container = 4,
    /// <summary>Is deleted when it has had no children and no change for its time to live (ZOOKEEPER-2169).</summary>
    PersistentWithTtl = 5,
    /// <summary>The same, numbered.</summary>
    PersistentSequentialWithTtl = 6,
}
