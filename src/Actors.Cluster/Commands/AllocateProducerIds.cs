namespace Actors.Cluster.Commands;

/// <summary>
/// Hands a block of Kafka producer ids to a node (KIP-730): its outcome names the first one.
/// <code>
/// size field
///    1 kind      6
///    1 version   1
///    4 nodeId
///    4 count     1 to 100,000
/// </code>
/// </summary>
/// <param name="NodeId">Who gets it.</param>
/// <param name="Count">How many.</param>
public sealed record AllocateProducerIds(int NodeId, int Count) : ClusterCommand
{
    /// <summary>Ids per block: Kafka's ProducerIdsBlock.PRODUCER_ID_BLOCK_SIZE.</summary>
    public const int BlockCount = 1000;

    private const byte Version = 1;
    private const int MaxCount = 100_000;

    /// <inheritdoc/>
    public override CommandKind Kind => CommandKind.AllocateProducerIds;

    /// <inheritdoc/>
    protected override void EncodeBody(CommandWriter writer)
    {
        writer.WriteByte(Version);
        writer.WriteInt32(NodeId);
        writer.WriteInt32(Count);
    }

    internal static DecodeResult Decode(ref CommandReader reader, byte version)
    {
        if (version != Version)
        {
            return DecodeResult.Unknown;
        }

        var command = new AllocateProducerIds(reader.ReadInt32(), reader.ReadInt32());
        return command.Count is < 1 or > MaxCount ? DecodeResult.Malformed : DecodeResult.From(command);
    }
}
