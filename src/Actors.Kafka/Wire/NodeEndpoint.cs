namespace Actors.Kafka.Wire;

/// <summary>A node named to a client as a partition's new leader (KIP-951).</summary>
/// <param name="NodeId">The node's id.</param>
/// <param name="Host">Its advertised host.</param>
/// <param name="Port">Its advertised port.</param>
/// <param name="Rack">Its rack, or null.</param>
public readonly record struct NodeEndpoint(int NodeId, string Host, int Port, string? Rack)
{
    /// <summary>Writes the tagged fields that end a Produce or Fetch response: the endpoints as tag 0, or none.</summary>
    internal static void WriteEndTags(KafkaWriter writer, bool known, ReadOnlySpan<NodeEndpoint> endpoints)
    {
        if (!known || endpoints.IsEmpty)
        {
            writer.WriteNoTags();
            return;
        }

        writer.WriteUnsignedVarint(1);
        var tag = writer.BeginTag(0);
        writer.WriteArrayCount(endpoints.Length, compact: true);
        foreach (ref readonly var endpoint in endpoints)
        {
            writer.WriteInt32(endpoint.NodeId);
            writer.WriteString(endpoint.Host, compact: true);
            writer.WriteInt32(endpoint.Port);
            writer.WriteNullableString(endpoint.Rack, compact: true);
            writer.WriteNoTags();
        }

        writer.EndTag(tag);
    }

    /// <summary>Writes a leader as the tagged field <paramref name="number"/>.</summary>
    internal static void WriteLeaderTag(KafkaWriter writer, uint number, int leaderId, int leaderEpoch)
    {
        var tag = writer.BeginTag(number);
        writer.WriteInt32(leaderId);
        writer.WriteInt32(leaderEpoch);
        writer.WriteNoTags();
        writer.EndTag(tag);
    }
}
