using System.Diagnostics;
using Actors.Model;

namespace Actors.Kafka.Wire;

/// <summary>The answer for one partition of a topic in Metadata.</summary>
public readonly ref struct MetadataPartitionAnswer
{
    /// <summary>Outcome.</summary>
    public required ErrorCode Error { get; init; }
    /// <summary>Index of the partition.</summary>
    public required int Partition { get; init; }
    /// <summary>Who leads, or -1.</summary>
    public required int LeaderId { get; init; }
    /// <summary>The leader's epoch, or -1 (from version 7 on).</summary>
    public required int LeaderEpoch { get; init; }
    /// <summary>Ids of the nodes that hold it.</summary>
    public required ReadOnlySpan<int> Replicas { get; init; }
    /// <summary>Ids of those in sync.</summary>
    public required ReadOnlySpan<int> Isr { get; init; }
    /// <summary>Ids of those not reachable (from version 5 on).</summary>
    public ReadOnlySpan<int> Offline { get; init; }
}

/// <summary>
/// Writes a Metadata body piece by piece, without the objects of <see cref="MetadataResponse"/>: <see cref="Begin"/>, then per topic
/// <see cref="BeginTopic"/>, its <see cref="Partition"/>s and <see cref="EndTopic"/>, then <see cref="End"/>.
/// </summary>
public readonly ref struct MetadataResponseWriter
{
    /// <summary>"Authorized operations were not asked for."</summary>
    public const int NoOperations = int.MinValue;

    private readonly KafkaWriter _writer;
    private readonly short _version;
    private readonly bool _compact;

    /// <summary>Writes a body of <paramref name="version"/> (0 to 13) behind what <paramref name="writer"/> holds.</summary>
    public MetadataResponseWriter(KafkaWriter writer, short version)
    {
        Debug.Assert(version is >= MetadataResponse.MinVersion and <= MetadataResponse.MaxVersion, "a version that is not served");
        _writer = writer;
        _version = version;
        _compact = version >= 9;
    }

    /// <summary>The fields in front of the topics.</summary>
    /// <param name="throttleTimeMs">How long the client was throttled, in ms (from version 3 on).</param>
    /// <param name="brokers">The nodes that are up.</param>
    /// <param name="clusterId">The cluster's id (from version 2 on).</param>
    /// <param name="controllerId">The node that admin requests go to (from version 1 on).</param>
    /// <param name="topicCount">How many topics follow.</param>
    public void Begin(int throttleTimeMs, ReadOnlySpan<NodeEndpoint> brokers, string? clusterId, int controllerId, int topicCount)
    {
        if (_version >= 3)
        {
            _writer.WriteInt32(throttleTimeMs);
        }

        _writer.WriteArrayCount(brokers.Length, _compact);
        foreach (ref readonly var broker in brokers)
        {
            _writer.WriteInt32(broker.NodeId);
            _writer.WriteString(broker.Host, _compact);
            _writer.WriteInt32(broker.Port);
            if (_version >= 1)
            {
                _writer.WriteNullableString(broker.Rack, _compact);
            }

            WriteNoTags();
        }

        if (_version >= 2)
        {
            _writer.WriteNullableString(clusterId, _compact);
        }

        if (_version >= 1)
        {
            _writer.WriteInt32(controllerId);
        }

        _writer.WriteArrayCount(topicCount, _compact);
    }

    /// <summary>A topic and how many partitions follow.</summary>
    /// <param name="error">Outcome.</param>
    /// <param name="name">Its name; null only for an unknown id, from version 12 on (an empty name below).</param>
    /// <param name="topicId">Its id (from version 10 on).</param>
    /// <param name="isInternal">Whether it is internal (from version 1 on).</param>
    /// <param name="partitionCount">How many partitions follow.</param>
    public void BeginTopic(ErrorCode error, string? name, Guid topicId, bool isInternal, int partitionCount)
    {
        _writer.WriteInt16((short)error);
        _writer.WriteNullableString(_version >= 12 ? name : name ?? "", _compact);
        if (_version >= 10)
        {
            _writer.WriteUuid(topicId);
        }

        if (_version >= 1)
        {
            _writer.WriteBool(isInternal);
        }

        _writer.WriteArrayCount(partitionCount, _compact);
    }

    /// <summary>One partition.</summary>
    public void Partition(in MetadataPartitionAnswer answer)
    {
        _writer.WriteInt16((short)answer.Error);
        _writer.WriteInt32(answer.Partition);
        _writer.WriteInt32(answer.LeaderId);
        if (_version >= 7)
        {
            _writer.WriteInt32(answer.LeaderEpoch);
        }

        WriteNodes(answer.Replicas);
        WriteNodes(answer.Isr);
        if (_version >= 5)
        {
            WriteNodes(answer.Offline);
        }

        WriteNoTags();
    }

    /// <summary>Ends a topic.</summary>
    /// <param name="authorizedOperations">A bit set of ACL operations, or <see cref="NoOperations"/> (from version 8 on).</param>
    public void EndTopic(int authorizedOperations = NoOperations)
    {
        if (_version >= 8)
        {
            _writer.WriteInt32(authorizedOperations);
        }

        WriteNoTags();
    }

    /// <summary>Ends the body.</summary>
    /// <param name="clusterOperations">A bit set of ACL operations, or <see cref="NoOperations"/> (versions 8 to 10).</param>
    /// <param name="error">The request's outcome (from version 13 on).</param>
    public void End(int clusterOperations = NoOperations, ErrorCode error = ErrorCode.None)
    {
        if (_version is >= 8 and <= 10)
        {
            _writer.WriteInt32(clusterOperations);
        }

        if (_version >= 13)
        {
            _writer.WriteInt16((short)error);
        }

        WriteNoTags();
    }

    private void WriteNodes(ReadOnlySpan<int> nodes)
    {
        _writer.WriteArrayCount(nodes.Length, _compact);
        foreach (var node in nodes)
        {
            _writer.WriteInt32(node);
        }
    }

    private void WriteNoTags()
    {
        if (_compact)
        {
            _writer.WriteNoTags();
        }
    }
}
