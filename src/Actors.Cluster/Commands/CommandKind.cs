namespace Actors.Cluster.Commands;

/// <summary>The commands of the cluster log. The numbers are on disk: they are never changed or used anew, only added to.</summary>
public enum CommandKind : byte
{
    /// <summary>Not a command.</summary>
    None = 0,
    /// <summary>A leader's first record: <see cref="EpochStart"/>.</summary>
    EpochStart = 1,
    /// <summary>A process began: <see cref="NodeRegistered"/>.</summary>
    NodeRegistered = 2,
    /// <summary><see cref="CreateTopic"/>.</summary>
    CreateTopic = 3,
    /// <summary><see cref="DeleteTopic"/>.</summary>
    DeleteTopic = 4,
    /// <summary><see cref="CreatePartitions"/>.</summary>
    CreatePartitions = 5,
    /// <summary><see cref="AllocateProducerIds"/>.</summary>
    AllocateProducerIds = 6,
    /// <summary><see cref="ChangeTopicConfigs"/>.</summary>
    ChangeTopicConfigs = 7,
    /// <summary>Creates a znode. From here on: the tree's, written by <see cref="TreeCommandWriter"/>.</summary>
    CreateZnode = 16,
    /// <summary>Deletes a znode.</summary>
    DeleteZnode = 17,
    /// <summary>Sets a znode's data.</summary>
    SetZnodeData = 18,
    /// <summary>Sets a znode's access list.</summary>
    SetZnodeAcl = 19,
    /// <summary>Several operations, all or none.</summary>
    MultiZnode = 20,
    /// <summary>Begins a session.</summary>
    CreateSession = 21,
    /// <summary>Ends a session.</summary>
    CloseSession = 22,
    /// <summary>Another connection owns a session from here on.</summary>
    MoveSession = 23,
    /// <summary>The leader ends a session that was silent.</summary>
    ExpireSession = 24,
    /// <summary>The leader deletes a container, or a znode whose time to live is over.</summary>
    DeleteExpiredZnode = 25,
    /// <summary>A write that cannot be decoded: its error takes a zxid.</summary>
    FailedWrite = 26,
    /// <summary>What changes outcomes in the tree: checks of access, quotas, types.</summary>
    ChangeTreeSettings = 27,
    /// <summary>Checks a version; within a multi only.</summary>
    CheckZnode = 28,
}
