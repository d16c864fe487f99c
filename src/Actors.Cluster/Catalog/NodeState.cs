using Actors.Cluster.Commands;
using Actors.Model.Ports;

namespace Actors.Cluster.Catalog;

/// <summary>One registered node; immutable, replaced on every change.</summary>
public sealed record NodeState
{
    /// <summary>The node.</summary>
    public required int Id { get; init; }

    /// <summary>Its data directory's id.</summary>
    public required Guid StorageId { get; init; }

    /// <summary>Which start of that storage is registered.</summary>
    public required long Incarnation { get; init; }

    /// <summary>Offset of the registration: the node's producer id in the cluster log.</summary>
    public required long ProducerId { get; init; }

    /// <summary>Version of its program.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>Least feature level its program supports.</summary>
    public required short MinFeatureLevel { get; init; }

    /// <summary>Greatest feature level its program supports.</summary>
    public required short MaxFeatureLevel { get; init; }

    /// <summary>Rack, or null.</summary>
    public required string? Rack { get; init; }

    /// <summary>Its advertised addresses.</summary>
    public required IReadOnlyList<NodeEndpoint> Endpoints { get; init; }

    /// <summary>What clients are told.</summary>
    public NodeDescription Describe()
    {
        foreach (var endpoint in Endpoints)
        {
            if (endpoint.Name == NodeEndpoint.Kafka)
            {
                return new NodeDescription(Id, endpoint.Host, endpoint.Port, Rack);
            }
        }

        return new NodeDescription(Id, string.Empty, -1, Rack);
    }

    /// <summary>
    /// <code>
    /// nodeId int32 | storageId 16 | incarnation int64 | producerId int64 | softwareVersion string | minFeatureLevel int16 |
    /// maxFeatureLevel int16 | rack string or null | endpoints as in NodeRegistered
    /// </code>
    /// </summary>
    internal void Encode(CommandWriter writer)
    {
        writer.WriteInt32(Id);
        writer.WriteGuid(StorageId);
        writer.WriteInt64(Incarnation);
        writer.WriteInt64(ProducerId);
        writer.WriteString(SoftwareVersion);
        writer.WriteInt16(MinFeatureLevel);
        writer.WriteInt16(MaxFeatureLevel);
        writer.WriteString(Rack);
        NodeEndpoint.EncodeAll(writer, Endpoints);
    }

    internal static NodeState Decode(ref CommandReader reader) => new()
    {
        Id = reader.ReadInt32(),
        StorageId = reader.ReadGuid(),
        Incarnation = reader.ReadInt64(),
        ProducerId = reader.ReadInt64(),
        SoftwareVersion = reader.ReadString(),
        MinFeatureLevel = reader.ReadInt16(),
        MaxFeatureLevel = reader.ReadInt16(),
        Rack = reader.ReadNullableString(),
        Endpoints = NodeEndpoint.DecodeAll(ref reader),
    };
}
