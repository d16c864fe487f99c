namespace Actors.ZooKeeper.Wire;

/// <summary>Types of requests (apache/zookeeper, ZooDefs.OpCode).</summary>
public enum OpCode
{
    /// <summary>Answers with the path only.</summary>
    Create = 1,
    /// <summary>Deletes a znode without children.</summary>
    Delete = 2,
    /// <summary>A Stat, or that there is none.</summary>
    Exists = 3,
    /// <summary>Data and Stat.</summary>
    GetData = 4,
    /// <summary>Replaces the data.</summary>
    SetData = 5,
    /// <summary>Access list and Stat.</summary>
    GetAcl = 6,
    /// <summary>Replaces the access list.</summary>
    SetAcl = 7,
    /// <summary>Names of the children.</summary>
    GetChildren = 8,
    /// <summary>A barrier: later reads see every write that was done before it.</summary>
    Sync = 9,
    /// <summary>Keeps a session alive.</summary>
    Ping = 11,
    /// <summary>Names of the children, and Stat.</summary>
    GetChildren2 = 12,
    /// <summary>A version to be as expected; within a multi only.</summary>
    Check = 13,
    /// <summary>Writes, all or none.</summary>
    Multi = 14,
    /// <summary>Answers with path and Stat.</summary>
    Create2 = 15,
    /// <summary>Changes the members of an ensemble.</summary>
    Reconfig = 16,
    /// <summary>Whether a watch is set.</summary>
    CheckWatches = 17,
    /// <summary>Takes watches away.</summary>
    RemoveWatches = 18,
    /// <summary>A container.</summary>
    CreateContainer = 19,
    /// <summary>The server's own; refused from a client, since it checks no access list.</summary>
    DeleteContainer = 20,
    /// <summary>A znode with a time to live.</summary>
    CreateTtl = 21,
    /// <summary>Reads, each with its own error.</summary>
    MultiRead = 22,
    /// <summary>An identity to add to the connection.</summary>
    Auth = 100,
    /// <summary>Watches of a client that is back: data, exists, child.</summary>
    SetWatches = 101,
    /// <summary>A step of a SASL exchange.</summary>
    Sasl = 102,
    /// <summary>The session's own ephemerals below a path.</summary>
    GetEphemerals = 103,
    /// <summary>How many znodes are below a path.</summary>
    GetAllChildrenNumber = 104,
    /// <summary>The same with persistent and recursive watches.</summary>
    SetWatches2 = 105,
    /// <summary>A persistent watch.</summary>
    AddWatch = 106,
    /// <summary>The connection's identities.</summary>
    WhoAmI = 107,
    /// <summary>The server's own.</summary>
    CreateSession = -10,
    /// <summary>Ends the session.</summary>
    CloseSession = -11,
    /// <summary>Marks the end of a multi, and an operation of it that failed.</summary>
    Error = -1,
}
