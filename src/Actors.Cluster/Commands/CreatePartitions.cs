namespace Actors.Cluster.Commands;

/// <summary>
/// Raises a topic's number of partitions. The topic is named by name, as in the protocol: the one that has it when the command is
/// applied.
/// <code>
/// size field
///    1 kind             5
///    1 version          1
///    v topic            string
///    4 totalCount       partitions there are to be
///    1 hasAssignments
///    v assignments      if so: of the new partitions, as in CreateTopic
/// </code>
/// </summary>
public sealed record CreatePartitions : ClusterCommand
{
    private const byte Version = 1;

    /// <inheritdoc/>
    public override CommandKind Kind => CommandKind.CreatePartitions;

    /// <summary>The topic.</summary>
    public required string Topic { get; init; }

    /// <summary>Partitions there are to be.</summary>
    public required int TotalCount { get; init; }

    /// <summary>Replicas of the new partitions, or null: the controller places them.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? Assignments { get; init; }

    /// <inheritdoc/>
    protected override void EncodeBody(CommandWriter writer)
    {
        writer.WriteByte(Version);
        writer.WriteString(Topic);
        writer.WriteInt32(TotalCount);
        AssignmentCodec.Encode(writer, Assignments);
    }

    internal static DecodeResult Decode(ref CommandReader reader, byte version) => version != Version
        ? DecodeResult.Unknown
        : DecodeResult.From(new CreatePartitions
        {
            Topic = reader.ReadString(),
            TotalCount = reader.ReadInt32(),
            Assignments = AssignmentCodec.Decode(ref reader),
        });
}
