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
}
