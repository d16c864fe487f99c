using System.Text;

namespace Actors.Kafka.Wire;

/// <summary>
/// Walks a Produce body front to back without allocating: the same bytes as <see cref="ProduceRequest"/>.
/// <code>
/// var request = new ProduceRequestReader(frame, bodyStart, version);
/// while (request.NextTopic())
///     while (request.NextPartition()) { ... request.TopicName, request.Partition, request.Records ... }
/// </code>
/// <see cref="NextTopic"/> steps over partitions that were not visited. When it has returned false, the whole body is checked to its end.
/// A listener that must not append half of a broken request walks once with <see cref="Check"/> before it acts.
/// </summary>
public ref struct ProduceRequestReader
{
    private readonly bool _compact;
    private readonly bool _hasTopicIds;
    private KafkaReader _reader;
    private int _topicsLeft;
    private int _partitionsLeft;
    private bool _inTopic;
    private bool _ended;

    /// <summary>Reads the fields in front of the topics.</summary>
    /// <param name="frame">The whole frame: <see cref="Records"/> counts from its start.</param>
    /// <param name="bodyStart">Where the body begins, behind the request's header.</param>
    /// <param name="version">3 to 13.</param>
    /// <exception cref="WireFault">The bytes break the protocol.</exception>
    public ProduceRequestReader(ReadOnlySpan<byte> frame, int bodyStart, short version)
    {
        _compact = version >= 9;
        _hasTopicIds = version >= 13;
        _reader = new KafkaReader(frame, bodyStart);
        TransactionalId = _reader.ReadStringRange(_compact);
        Acks = _reader.ReadInt16();
        TimeoutMs = _reader.ReadInt32();
        TopicCount = _topicsLeft = _reader.ReadArrayCount(_compact, _hasTopicIds ? 18 : _compact ? 3 : 6);
    }

    /// <summary>The transactional id in the frame, UTF-8; null outside transactions.</summary>
    public WireRange TransactionalId { get; }

    /// <summary>0, 1 or -1; not checked.</summary>
    public short Acks { get; }

    /// <summary>How long the producer waits, in ms.</summary>
    public int TimeoutMs { get; }

    /// <summary>Topics in the request.</summary>
    public int TopicCount { get; }

    /// <summary>The topic's name in the frame, UTF-8; empty from version 13 on.</summary>
    public ReadOnlySpan<byte> TopicName { get; private set; }

    /// <summary>The topic's id from version 13 on, else empty.</summary>
    public Guid TopicId { get; private set; }

    /// <summary>Partitions of the topic.</summary>
    public int PartitionCount { get; private set; }

    /// <summary>Index of the partition.</summary>
    public int Partition { get; private set; }

    /// <summary>The partition's records in the frame, or null.</summary>
    public WireRange Records { get; private set; }

    /// <summary>The topic's name as a string: allocates.</summary>
    public readonly string TopicNameString => Encoding.UTF8.GetString(TopicName);

    /// <summary>Walks a whole body and returns how many partitions it names.</summary>
    /// <exception cref="WireFault">The bytes break the protocol.</exception>
    public static int Check(ReadOnlySpan<byte> frame, int bodyStart, short version)
    {
        var request = new ProduceRequestReader(frame, bodyStart, version);
        var partitions = 0;
        while (request.NextTopic())
        {
            partitions += request.PartitionCount;
        }

        return partitions;
    }

    /// <summary>Steps to the next topic; false behind the last one.</summary>
    /// <exception cref="WireFault">The bytes break the protocol.</exception>
    public bool NextTopic()
    {
        while (NextPartition())
        {
        }

        EndTopic();
        if (_topicsLeft == 0)
        {
            End();
            return false;
        }

        _topicsLeft--;
        _inTopic = true;
        if (_hasTopicIds)
        {
            TopicId = _reader.ReadUuid();
        }
        else
        {
            TopicName = _reader.ReadStringBytes(_compact);
        }

        PartitionCount = _partitionsLeft = _reader.ReadArrayCount(_compact, _compact ? 6 : 8);
        return true;
    }

    /// <summary>Steps to the topic's next partition; false behind the last one.</summary>
    /// <exception cref="WireFault">The bytes break the protocol.</exception>
    public bool NextPartition()
    {
        if (_partitionsLeft == 0)
        {
            return false;
        }

        _partitionsLeft--;
        Partition = _reader.ReadInt32();
        Records = _reader.ReadRecords(_compact);
        SkipTags();
        return true;
    }

    private void EndTopic()
    {
        if (_inTopic)
        {
            SkipTags();
            _inTopic = false;
        }
    }

    private void End()
    {
        if (!_ended)
        {
            SkipTags();
            _reader.EnsureEnd();
            _ended = true;
        }
    }

    private void SkipTags()
    {
        if (_compact)
        {
            _reader.SkipTags();
        }
    }
}
