using System.Diagnostics;
using Actors.Model;
using Actors.Model.Records;

namespace Actors.Kafka.Wire;

/// <summary>The answer for one partition of a Produce request.</summary>
public readonly record struct ProducePartitionAnswer()
{
    /// <summary>Index of the partition.</summary>
    public required int Partition { get; init; }
    /// <summary>Outcome.</summary>
    public required ErrorCode Error { get; init; }
    /// <summary>Offset of the batch's first record; -1 on errors.</summary>
    public long BaseOffset { get; init; } = -1;
    /// <summary>When it was appended, in ms; -1 unless the topic stamps LogAppendTime.</summary>
    public long LogAppendTimeMs { get; init; } = -1;
    /// <summary>The partition's log start, or -1.</summary>
    public long LogStartOffset { get; init; } = -1;
    /// <summary>The records that made it fail, or null (KIP-467, from version 8 on).</summary>
    public IReadOnlyList<RecordFault>? FailedRecords { get; init; }
    /// <summary>Why it failed, or null (from version 8 on).</summary>
    public string? ErrorMessage { get; init; }
    /// <summary>Who leads now, or -1 to say nothing (KIP-951, from version 10 on).</summary>
    public int LeaderId { get; init; } = -1;
    /// <summary>The epoch of that leader, or -1.</summary>
    public int LeaderEpoch { get; init; } = -1;
}

/// <summary>
/// Writes a Produce body piece by piece, without the objects of <see cref="ProduceResponse"/>: <see cref="BeginTopics"/>, then per topic
/// <see cref="BeginTopic"/>, its <see cref="Partition"/>s and <see cref="EndTopic"/>, then <see cref="End"/>.
/// </summary>
public readonly ref struct ProduceResponseWriter
{
    private readonly KafkaWriter _writer;
    private readonly short _version;
    private readonly bool _compact;

    /// <summary>Writes a body of <paramref name="version"/> (3 to 13) behind what <paramref name="writer"/> holds.</summary>
    public ProduceResponseWriter(KafkaWriter writer, short version)
    {
        Debug.Assert(version is >= ProduceResponse.MinVersion and <= ProduceResponse.MaxVersion, "a version that is not served");
        _writer = writer;
        _version = version;
        _compact = version >= 9;
    }

    /// <summary>How many topics follow.</summary>
    public void BeginTopics(int count) => _writer.WriteArrayCount(count, _compact);

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

    /// <summary>One partition's outcome.</summary>
    public void Partition(in ProducePartitionAnswer answer)
    {
        _writer.WriteInt32(answer.Partition);
        _writer.WriteInt16((short)answer.Error);
        _writer.WriteInt64(answer.BaseOffset);
        _writer.WriteInt64(answer.LogAppendTimeMs);
        if (_version >= 5)
        {
            _writer.WriteInt64(answer.LogStartOffset);
        }

        if (_version >= 8)
        {
            WriteErrors(answer);
        }

        if (!_compact)
        {
            return;
        }

        if (_version >= 10 && (answer.LeaderId != -1 || answer.LeaderEpoch != -1))
        {
            _writer.WriteUnsignedVarint(1);
            NodeEndpoint.WriteLeaderTag(_writer, 0, answer.LeaderId, answer.LeaderEpoch);
        }
        else
        {
            _writer.WriteNoTags();
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
    /// <param name="throttleTimeMs">How long the client was throttled, in ms.</param>
    /// <param name="endpoints">Leaders that partitions name, from version 10 on.</param>
    public void End(int throttleTimeMs, ReadOnlySpan<NodeEndpoint> endpoints)
    {
        _writer.WriteInt32(throttleTimeMs);
        if (_compact)
        {
            NodeEndpoint.WriteEndTags(_writer, _version >= 10, endpoints);
        }
    }

    private void WriteErrors(in ProducePartitionAnswer answer)
    {
        var faults = answer.FailedRecords;
        _writer.WriteArrayCount(faults?.Count ?? 0, _compact);
        for (var i = 0; i < faults?.Count; i++)
        {
            _writer.WriteInt32(faults[i].Index);
            _writer.WriteNullableString(faults[i].Message, _compact);
            if (_compact)
            {
                _writer.WriteNoTags();
            }
        }

        _writer.WriteNullableString(answer.ErrorMessage, _compact);
    }
}
