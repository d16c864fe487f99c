using System.Buffers.Binary;

namespace LoadGen.Protocol;

/// <summary>One Fetch request (v4 to v12, no session, one partition) as bytes; correlation id, partition, offset change in place.</summary>
internal sealed class FetchTemplate
{
    private const int CorrelationAt = 8;
    private readonly int _partitionAt;
    private readonly int _offsetAt;

    public FetchTemplate(string topic, short version, int maxBytes, int maxWaitMs, int minBytes)
    {
        Topic = topic;
        Version = version;
        var flexible = version >= 12;
        var writer = new WireWriter();
        writer.Int32(0).Int16((short)ApiKey.Fetch).Int16(version).Int32(0).String(KafkaConnection.ClientId).NoTags(flexible);
        writer.Int32(-1).Int32(maxWaitMs).Int32(minBytes).Int32(maxBytes).Int8(0);
        if (version >= 7)
        {
            writer.Int32(0).Int32(-1); // session id 0, epoch -1: no fetch session
        }

        writer.Count(1, flexible).Text(topic, flexible).Count(1, flexible);
        _partitionAt = writer.Length;
        writer.Int32(0);
        if (version >= 9)
        {
            writer.Int32(-1); // current leader epoch
        }

        _offsetAt = writer.Length;
        writer.Int64(0);
        if (version >= 12)
        {
            writer.Int32(-1); // last fetched epoch
        }

        if (version >= 5)
        {
            writer.Int64(-1); // log start offset, for followers only
        }

        writer.Int32(maxBytes).NoTags(flexible).NoTags(flexible);
        if (version >= 7)
        {
            writer.Count(0, flexible);
        }

        if (version >= 11)
        {
            writer.Text("", flexible);
        }

        writer.NoTags(flexible);
        Frame = writer.Written.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(Frame, Frame.Length - 4);
    }

    public string Topic { get; }
    public short Version { get; }
    public byte[] Frame { get; }

    public void Patch(Span<byte> frame, int correlationId, int partition, long offset)
    {
        BinaryPrimitives.WriteInt32BigEndian(frame[CorrelationAt..], correlationId);
        BinaryPrimitives.WriteInt32BigEndian(frame[_partitionAt..], partition);
        BinaryPrimitives.WriteInt64BigEndian(frame[_offsetAt..], offset);
    }

    /// <summary>Checks one reply (without its length prefix); answers the high watermark and where the records lie in it.</summary>
    public FetchedRecords CheckReply(ReadOnlySpan<byte> reply, int correlationId)
    {
        var flexible = Version >= 12;
        var reader = new WireReader(reply);
        var correlated = reader.Int32();
        if (correlated != correlationId)
        {
            throw new ProtocolFault($"reply to fetch {correlated} came where {correlationId} was due");
        }

        reader.SkipTags(flexible);
        reader.Int32(); // throttle
        if (Version >= 7)
        {
            var error = reader.Int16();
            if (error != 0)
            {
                throw ProtocolFault.Code("Fetch", Topic, error);
            }

            reader.Int32(); // session id
        }

        var topics = reader.Count(flexible);
        if (topics == 0)
        {
            return new FetchedRecords(-1, 0, 0);
        }

        reader.SkipText(flexible);
        reader.Count(flexible);
        return Partition(ref reader, flexible);
    }

    private FetchedRecords Partition(ref WireReader reader, bool flexible)
    {
        var partition = reader.Int32();
        var error = reader.Int16();
        if (error != 0)
        {
            throw ProtocolFault.Code("Fetch", $"{Topic}-{partition}", error);
        }

        var highWatermark = reader.Int64();
        reader.Int64(); // last stable offset
        if (Version >= 5)
        {
            reader.Int64(); // log start offset
        }

        for (var aborted = reader.Count(flexible); aborted > 0; aborted--)
        {
            reader.Take(16);
            reader.SkipTags(flexible);
        }

        if (Version >= 11)
        {
            reader.Int32(); // preferred read replica
        }

        var length = Math.Max(reader.BytesLength(flexible), 0);
        var start = reader.Position;
        reader.Take(length);
        return new FetchedRecords(highWatermark, start, length);
    }
}

/// <summary>Where the records of a fetch reply lie, counted from the correlation id.</summary>
internal readonly record struct FetchedRecords(long HighWatermark, int Start, int Length);
