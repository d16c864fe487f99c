namespace Actors.Cluster.Commands;

/// <summary>
/// Creates a topic. Defaults are filled in by the node that proposes, so that no node's configuration decides an outcome.
/// <code>
/// size field
///    1 kind                3
///    1 version             1
///   16 topicId             random, made by the proposer
///    v name                string
///    1 isInternal
///    4 partitionCount      ignored when assignments are given
///    2 replicationFactor   likewise
///    1 hasAssignments
///    v assignments         if so: count, then each: count and node ids (int32), the preferred leader first
///    v configs             count, then each: name string, value string; in ordinal order of name
/// </code>
/// </summary>
public sealed record CreateTopic : ClusterCommand
{
    private const byte Version = 1;

    /// <inheritdoc/>
    public override CommandKind Kind => CommandKind.CreateTopic;

    /// <summary>The id the topic gets.</summary>
    public required Guid TopicId { get; init; }

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>An internal topic.</summary>
    public bool IsInternal { get; init; }

    /// <summary>Number of partitions.</summary>
    public required int PartitionCount { get; init; }

    /// <summary>Replicas per partition.</summary>
    public required short ReplicationFactor { get; init; }

    /// <summary>Replicas per partition by node id, or null: the controller places them.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? Assignments { get; init; }

    /// <summary>Settings by Kafka's names.</summary>
    public IReadOnlyDictionary<string, string> Configs { get; init; } = EmptyConfigs;

    /// <summary>No settings.</summary>
    public static IReadOnlyDictionary<string, string> EmptyConfigs { get; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    protected override void EncodeBody(CommandWriter writer)
    {
        writer.WriteByte(Version);
        writer.WriteGuid(TopicId);
        writer.WriteString(Name);
        writer.WriteBoolean(IsInternal);
        writer.WriteInt32(PartitionCount);
        writer.WriteInt16(ReplicationFactor);
        AssignmentCodec.Encode(writer, Assignments);
        ConfigCodec.Encode(writer, Configs);
    }

    internal static DecodeResult Decode(ref CommandReader reader, byte version) => version != Version
        ? DecodeResult.Unknown
        : DecodeResult.From(new CreateTopic
        {
            TopicId = reader.ReadGuid(),
            Name = reader.ReadString(),
            IsInternal = reader.ReadBoolean(),
            PartitionCount = reader.ReadInt32(),
            ReplicationFactor = reader.ReadInt16(),
            Assignments = AssignmentCodec.Decode(ref reader),
            Configs = ConfigCodec.Decode(ref reader),
        });
}
