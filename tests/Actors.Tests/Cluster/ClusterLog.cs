using Actors.Cluster;
using Actors.Cluster.Commands;
using Actors.Model.Machines;

namespace Actors.Tests.Cluster;

/// <summary>A cluster log in memory: commands go in at the end and are applied at once.</summary>
internal sealed class ClusterLog
{
    private Effects<ClusterEvent> _events;

    public ClusterMachine Machine { get; private set; } = new();

    public List<byte[]> Commands { get; } = [];

    public ReadOnlySpan<ClusterEvent> Events => _events.Items;

    public static ClusterLog WithNodes(int count)
    {
        var log = new ClusterLog();
        log.Append(new EpochStart(1, 1));
        for (var id = 1; id <= count; id++)
        {
            log.Append(Node(id, 1));
        }

        return log;
    }

    public static NodeRegistered Node(int id, long incarnation) => new()
    {
        NodeId = id,
        StorageId = new Guid(id, 0, 0, new byte[8]),
        Incarnation = incarnation,
        ClusterId = "AAAAAAAAAAAAAAAAAAAAAA",
        SoftwareVersion = "0.1.0",
        Endpoints = [new NodeEndpoint(NodeEndpoint.Kafka, "", 9092)],
    };

    public static CreateTopic Topic(string name, int partitions = 1, short replicationFactor = 1) => new()
    {
        TopicId = IdOf(name), Name = name, PartitionCount = partitions, ReplicationFactor = replicationFactor,
    };

    /// <summary>An id that follows from the name, so that tests can be read.</summary>
    public static Guid IdOf(string name)
    {
        var bytes = new byte[16];
        System.Text.Encoding.UTF8.GetBytes(name).AsSpan(0, Math.Min(16, name.Length)).CopyTo(bytes);
        bytes[15] ^= 0x5A;
        return new Guid(bytes);
    }

    public CommandOutcome Append(ClusterCommand command, long producerId = -1) => Append(command.Encode(), producerId);

    public CommandOutcome Append(byte[] command, long producerId = -1)
    {
        Commands.Add(command);
        _events.Clear();
        return Machine.Apply(command, new CommandPlace(Machine.AppliedEnd, Commands.Count * 10, producerId), ref _events);
    }
}
