namespace Actors.Cluster.Commands;

/// <summary>
/// A process began on a node. In this one record the epoch of every partition that the node still leads is raised, so that no
/// process appends in an epoch it did not open; the record's offset is the node's producer id in the cluster log.
/// <code>
/// size field
///    1 kind                2
///    1 version             1
///    4 nodeId
///   16 storageId           made once with the data directory
///    8 incarnation         counts the starts on that storage, from 1
///    v clusterId           string
///    v softwareVersion     string
///    2 minFeatureLevel     least level the program supports
///    2 maxFeatureLevel     greatest
///    v rack                string or null
///    v endpoints           count, then each: name string, host string, port int32
/// </code>
/// </summary>
public sealed record NodeRegistered : ClusterCommand
{
    private const byte Version = 1;
    private const int MaxEndpoints = 16;

    /// <inheritdoc/>
    public override CommandKind Kind => CommandKind.NodeRegistered;

    /// <summary>The node.</summary>
    public required int NodeId { get; init; }

    /// <summary>Its data directory's id.</summary>
    public required Guid StorageId { get; init; }

    /// <summary>Which start this is on that storage.</summary>
    public required long Incarnation { get; init; }

    /// <summary>The cluster the node believes it belongs to; the first registration decides.</summary>
    public required string ClusterId { get; init; }

    /// <summary>Version of the program, for people.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>Least feature level the program supports.</summary>
    public short MinFeatureLevel { get; init; } = 1;

    /// <summary>Greatest feature level the program supports.</summary>
    public short MaxFeatureLevel { get; init; } = 1;

    /// <summary>Rack, or null.</summary>
    public string? Rack { get; init; }

    /// <summary>What the node tells clients and nodes, by name of the listener: <c>kafka</c>, <c>replication</c>...</summary>
    public IReadOnlyList<NodeEndpoint> Endpoints { get; init; } = [];

    /// <inheritdoc/>
    protected override void EncodeBody(CommandWriter writer)
    {
        writer.WriteByte(Version);
        writer.WriteInt32(NodeId);
        writer.WriteGuid(StorageId);
        writer.WriteInt64(Incarnation);
        writer.WriteString(ClusterId);
        writer.WriteString(SoftwareVersion);
        writer.WriteInt16(MinFeatureLevel);
        writer.WriteInt16(MaxFeatureLevel);
        writer.WriteString(Rack);
        NodeEndpoint.EncodeAll(writer, Endpoints);
    }

    internal static DecodeResult Decode(ref CommandReader reader, byte version)
    {
        if (version != Version)
        {
            return DecodeResult.Unknown;
        }

        var command = new NodeRegistered
        {
            NodeId = reader.ReadInt32(),
            StorageId = reader.ReadGuid(),
            Incarnation = reader.ReadInt64(),
            ClusterId = reader.ReadString(),
            SoftwareVersion = reader.ReadString(),
            MinFeatureLevel = reader.ReadInt16(),
            MaxFeatureLevel = reader.ReadInt16(),
            Rack = reader.ReadNullableString(),
            Endpoints = NodeEndpoint.DecodeAll(ref reader),
        };
        return command.NodeId < 0 || command.Endpoints.Count > MaxEndpoints ? DecodeResult.Malformed : DecodeResult.From(command);
    }
}

/// <summary>One advertised address.</summary>
/// <param name="Name">Name of the listener.</param>
/// <param name="Host">Host; empty: the address on which the client's connection arrived.</param>
/// <param name="Port">Port, or -1 where the listener is off.</param>
public sealed record NodeEndpoint(string Name, string Host, int Port)
{
    /// <summary>Name of the Kafka listener.</summary>
    public const string Kafka = "kafka";

    internal static void EncodeAll(CommandWriter writer, IReadOnlyList<NodeEndpoint> endpoints)
    {
        writer.WriteCount(endpoints.Count);
        foreach (var endpoint in endpoints)
        {
            writer.WriteString(endpoint.Name);
            writer.WriteString(endpoint.Host);
            writer.WriteInt32(endpoint.Port);
        }
    }

    internal static NodeEndpoint[] DecodeAll(ref CommandReader reader)
    {
        var endpoints = new NodeEndpoint[reader.ReadCount(leastBytesEach: 6)];
        for (var i = 0; i < endpoints.Length; i++)
        {
            endpoints[i] = new NodeEndpoint(reader.ReadString(), reader.ReadString(), reader.ReadInt32());
        }

        return endpoints;
    }
}
