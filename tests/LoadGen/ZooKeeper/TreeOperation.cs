namespace LoadGen.ZooKeeper;

/// <summary>What a load does, with ZooKeeper's numbers of the operations.</summary>
internal enum TreeOperation
{
    Create = 1,
    Delete = 2,
    Get = 4,
    Set = 5,
}
