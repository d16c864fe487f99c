using System.Diagnostics;
using Actors.Model;

namespace Actors.Kafka.Wire;

/// <summary>The answer for one partition of a Fetch request.</summary>
public readonly record struct FetchPartitionAnswer()
{
    /// <summary>Index of the partition.</summary>
    public required int Partition { get; init; }
    /// <summary>Outcome.</summary>
    public required ErrorCode Error { get; init; }
    /// <summary>The high watermark; -1 if unknown.</summary>
    public long HighWatermark { get; init; } = -1;
    /// <summary>The last stable offset; -1 if unknown.</summary>
    public long LastStableOffset { get; init; } = -1;
    /// <summary>The log start; -1 if unknown.</summary>
    public long LogStartOffset { get; init; } = -1;
    /// <summary>Epoch from which the consumer's log left ours, or -1 (from version 12 on).</summary>
    public int DivergingEpoch { get; init; } = -1;
    /// <summary>Where that epoch ends, or -1.</summary>
    public long DivergingEndOffset { get; init; } = -1;
    /// <summary>Whether the consumer reads committed records only: the empty list of aborted transactions, else null, as Kafka.</summary>
    public bool ListsAborted { get; init; }
    /// <summary>Who leads now, or -1 to say nothing (KIP-951, from version 12 on).</summary>
    public int LeaderId { get; init; } = -1;
    /// <summary>The epoch of that leader, or -1.</summary>
    public int LeaderEpoch { get; init; } = -1;
    /// <summary>The record batches: the caller's number of them and their length. Empty, never null, when there are none.</summary>
    public WireRange Records { get; init; }
}

/// <summary>
/// Writes a Fetch body piece by piece, without the objects of <see cref="FetchResponse"/>; records are spliced, not copied. Order:
/// <see cref="Begin"/>, then per topic <see cref="BeginTopic"/>, its <see cref="Partition"/>s and <see cref="EndTopic"/>, then
/// <see cref="End"/>. There are no aborted transactions.
/// </summary>
public readonly ref struct FetchResponseWriter
{
    private readonly KafkaWriter _writer;
    private readonly short _version;
    private readonly bool _compact;

    /// <summary>Writes a body of <paramref name="version"/> (4 to 18) behind what <paramref name="writer"/> holds.</summary>
    public FetchResponseWriter(KafkaWriter writer, short version)
    {
        Debug.Assert(version is >= FetchResponse.MinVersion and <= FetchResponse.MaxVersion, "a version that is not served");
        _writer = writer;
        _version = version;
        _compact = version >= 12;
    }

    /// <summary>The fields in front of the topics.</summary>
    /// <param name="throttleTimeMs">How long the client was throttled, in ms.</param>
    /// <param name="error">The request's outcome, from version 7 on.</param>
    /// <param name="sessionId">The fetch session, 0 for none, from version 7 on.</param>
    /// <param name="topicCount">How many topics follow.</param>
    public void Begin(int throttleTimeMs, ErrorCode error, int sessionId, int topicCount)
    {
        _writer.WriteInt32(throttleTimeMs);
        if (_version >= 7)
        {
            _writer.WriteInt16((short)error);
            _writer.WriteInt32(sessionId);
        }

        _writer.WriteArrayCount(topicCount, _compact);
    }

    /// <summary>A topic and how many partitions follow: the name up to version 12, the id from 13 on.</summary>
    public void BeginTopic(ReadOnlySpan<byte> name, Guid topicId, int partitionCount)
    {
        if (_version >= 13)
        {
            _writer.WriteUuid(topicId);
        }
        else
        {
            _writer.WriteString(name, _compact);
        }

        _writer.WriteArrayCount(partitionCount, _compact);
    }

    /// <summary>One partition.</summary>
    public void Partition(in FetchPartitionAnswer answer)
    {
        _writer.WriteInt32(answer.Partition);
        _writer.WriteInt16((short)answer.Error);
        _writer.WriteInt64(answer.HighWatermark);
        _writer.WriteInt64(answer.LastStableOffset);
        if (_version >= 5)
        {
            _writer.WriteInt64(answer.LogStartOffset);
        }

        _writer.WriteArrayCount(answer.ListsAborted ? 0 : -1, _compact); // there are none
        if (_version >= 11)
        {
            _writer.WriteInt32(-1); // no preferred read replica
        }

        _writer.WriteRecords(answer.Records, _compact);
        if (_compact)
        {
            WriteTags(answer);
        }
    }

    /// <summary>Ends a topic.</summary>
    public void EndTopic()
    {
        if (_compact)
        {
            _writer.WriteNoTags();
        }
    }

    /// <summary>Ends the body.</summary>
    /// <param name="endpoints">Leaders that partitions name, from version 16 on.</param>
    public void End(ReadOnlySpan<NodeEndpoint> endpoints)
    {
        if (_compact)
        {
            NodeEndpoint.WriteEndTags(_writer, _version >= 16, endpoints);
        }
    }

    private void WriteTags(in FetchPartitionAnswer answer)
    {
        var diverging = answer.DivergingEpoch != -1 || answer.DivergingEndOffset != -1;
        var leader = answer.LeaderId != -1 || answer.LeaderEpoch != -1;
        _writer.WriteUnsignedVarint((diverging ? 1u : 0u) + (leader ? 1u : 0u));
        if (diverging)
        {
            var tag = _writer.BeginTag(0);
            _writer.WriteInt32(answer.DivergingEpoch);
            _writer.WriteInt64(answer.DivergingEndOffset);
            _writer.WriteNoTags();
            _writer.EndTag(tag);
        }

        if (leader)
        {
            NodeEndpoint.WriteLeaderTag(_writer, 1, answer.LeaderId, answer.LeaderEpoch);
        }
    }
}
