using System.Text;

namespace Actors.Kafka.Wire;

/// <summary>
/// Walks a Fetch body front to back without allocating: the same bytes as <see cref="FetchRequest"/>.
/// <code>
/// var request = new FetchRequestReader(frame, bodyStart, version);
/// while (request.NextTopic())
///     while (request.NextPartition()) { ... request.TopicName, request.Partition, request.FetchOffset ... }
/// </code>
/// <see cref="NextTopic"/> steps over partitions that were not visited; when it has returned false, the topics to forget are stepped over,
/// <see cref="RackId"/> and a replica id of version 15 and later are known, and the body is checked to its end.
/// </summary>
public ref struct FetchRequestReader
{
    private readonly short _version;
    private readonly bool _compact;
    private KafkaReader _reader;
    private int _topicsLeft;
    private int _partitionsLeft;
    private bool _inTopic;
    private bool _ended;

    /// <summary>Reads the fields in front of the topics.</summary>
    /// <param name="frame">The whole frame.</param>
    /// <param name="bodyStart">Where the body begins, behind the request's header.</param>
    /// <param name="version">4 to 18.</param>
    /// <exception cref="WireFault">The bytes break the protocol.</exception>
    public FetchRequestReader(ReadOnlySpan<byte> frame, int bodyStart, short version)
    {
        _version = version;
        _compact = version >= 12;
        _reader = new KafkaReader(frame, bodyStart);
        ReplicaId = version <= 14 ? _reader.ReadInt32() : -1;
        MaxWaitMs = _reader.ReadInt32();
        MinBytes = _reader.ReadInt32();
        MaxBytes = _reader.ReadInt32();
        IsolationLevel = _reader.ReadInt8();
        SessionEpoch = -1;
        if (version >= 7)
        {
            SessionId = _reader.ReadInt32();
            SessionEpoch = _reader.ReadInt32();
        }

        TopicCount = _topicsLeft = _reader.ReadArrayCount(_compact, version >= 13 ? 18 : _compact ? 3 : 6);
    }

    /// <summary>-1 for a consumer. From version 15 on it is a tagged field at the body's end: known when the walk is over.</summary>
    public int ReplicaId { get; private set; }

    /// <summary>How long to wait for <see cref="MinBytes"/>, in ms.</summary>
    public int MaxWaitMs { get; }

    /// <summary>Bytes worth answering with.</summary>
    public int MinBytes { get; }

    /// <summary>Most bytes of the answer, its first batch apart.</summary>
    public int MaxBytes { get; }

    /// <summary>0 read uncommitted, 1 read committed; not checked.</summary>
    public sbyte IsolationLevel { get; }

    /// <summary>The fetch session, 0 for none.</summary>
    public int SessionId { get; }

    /// <summary>The session's epoch: 0 opens one, -1 is without.</summary>
    public int SessionEpoch { get; }

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

    /// <summary>The epoch that the consumer believes in, or -1.</summary>
    public int CurrentLeaderEpoch { get; private set; }

    /// <summary>First offset wanted.</summary>
    public long FetchOffset { get; private set; }

    /// <summary>Epoch of the last record that the consumer has, or -1.</summary>
    public int LastFetchedEpoch { get; private set; }

    /// <summary>Most bytes of the partition.</summary>
    public int PartitionMaxBytes { get; private set; }

    /// <summary>Topics that an incremental session forgets; known when the walk is over.</summary>
    public int ForgottenTopicCount { get; private set; }

    /// <summary>The consumer's rack, UTF-8; known when the walk is over.</summary>
    public ReadOnlySpan<byte> RackId { get; private set; }

    /// <summary>The topic's name as a string: allocates.</summary>
    public readonly string TopicNameString => Encoding.UTF8.GetString(TopicName);

    /// <summary>Walks a whole body and returns how many partitions it names.</summary>
    /// <exception cref="WireFault">The bytes break the protocol.</exception>
    public static int Check(ReadOnlySpan<byte> frame, int bodyStart, short version)
    {
        var request = new FetchRequestReader(frame, bodyStart, version);
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

        if (_inTopic)
        {
            SkipTags();
            _inTopic = false;
        }

        if (_topicsLeft == 0)
        {
            End();
            return false;
        }

        _topicsLeft--;
        _inTopic = true;
        ReadTopic();
        PartitionCount = _partitionsLeft =
            _reader.ReadArrayCount(_compact, _version >= 12 ? 33 : _version >= 9 ? 28 : _version >= 5 ? 24 : 16);
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
        CurrentLeaderEpoch = _version >= 9 ? _reader.ReadInt32() : -1;
        FetchOffset = _reader.ReadInt64();
        LastFetchedEpoch = _version >= 12 ? _reader.ReadInt32() : -1;
        if (_version >= 5)
        {
            _reader.Skip(sizeof(long)); // log start offset: followers only
        }

        PartitionMaxBytes = _reader.ReadInt32();
        SkipTags();
        return true;
    }

    private void End()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        if (_version >= 7)
        {
            SkipForgottenTopics();
        }

        if (_version >= 11)
        {
            RackId = _reader.ReadStringBytes(_compact);
        }

        if (_compact)
        {
            ReadEndTags();
        }

        _reader.EnsureEnd();
    }

    private void SkipForgottenTopics()
    {
        ForgottenTopicCount = _reader.ReadArrayCount(_compact, _version >= 13 ? 18 : _compact ? 3 : 6);
        for (var i = 0; i < ForgottenTopicCount; i++)
        {
            ReadTopic();
            _reader.Skip(_reader.ReadArrayCount(_compact, sizeof(int)) * sizeof(int));
            SkipTags();
        }
    }

    private void ReadEndTags()
    {
        for (var left = _reader.ReadTagCount(); left > 0; left--)
        {
            if (_reader.ReadTag(out var end) == 1 && _version >= 15)
            {
                ReplicaId = _reader.ReadInt32();
                _reader.Skip(sizeof(long)); // replica epoch
                _reader.SkipTags();
                _reader.EndTag(end);
            }
            else
            {
                _reader.SkipTag(end);
            }
        }
    }

    private void ReadTopic()
    {
        if (_version >= 13)
        {
            TopicId = _reader.ReadUuid();
        }
        else
        {
            TopicName = _reader.ReadStringBytes(_compact);
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
