using System.Buffers.Binary;
using Actors.Model.Records;
using LoadGen.Protocol;

namespace LoadGen.Bare;

/// <summary>Takes a Produce v7 frame apart as far as the bare loop needs it, and makes the reply.</summary>
internal static class BareProtocol
{
    /// <summary>Bytes of a reply besides the topic's name.</summary>
    public const int ReplyBytes = 4 + 4 + 4 + 2 + 4 + 4 + 2 + 8 + 8 + 8 + 4;

    /// <summary>Finds topic, partition and the batch in a frame (without length prefix) and checks the batch's CRC.</summary>
    public static BareRequest Read(ReadOnlySpan<byte> frame)
    {
        var reader = new WireReader(frame);
        reader.Int16(); // api key
        reader.Int16(); // version
        var correlationId = reader.Int32();
        reader.SkipText(false);
        reader.SkipText(false);
        reader.Int16(); // acks
        reader.Int32(); // time-out
        reader.Int32(); // one topic
        var topicLength = reader.Int16();
        var topicAt = reader.Position;
        reader.Take(topicLength);
        reader.Int32(); // one partition
        var partition = reader.Int32();
        var batchLength = reader.Int32();
        var batchAt = reader.Position;
        var batch = reader.Take(batchLength);
        return RecordBatch.HasValidCrc(batch)
            ? new BareRequest(correlationId, topicAt, topicLength, partition, batchAt, batchLength)
            : throw new ProtocolFault("a batch reached the bare loop with a wrong CRC");
    }

    /// <summary>Writes the reply with its length prefix; answers its size.</summary>
    public static int WriteReply(Span<byte> target, ReadOnlySpan<byte> topic, in BareRequest request, long baseOffset)
    {
        var size = ReplyBytes + topic.Length;
        BinaryPrimitives.WriteInt32BigEndian(target, size - 4);
        BinaryPrimitives.WriteInt32BigEndian(target[4..], request.CorrelationId);
        BinaryPrimitives.WriteInt32BigEndian(target[8..], 1);
        BinaryPrimitives.WriteInt16BigEndian(target[12..], (short)topic.Length);
        topic.CopyTo(target[14..]);
        target = target[(14 + topic.Length)..];
        BinaryPrimitives.WriteInt32BigEndian(target, 1);
        BinaryPrimitives.WriteInt32BigEndian(target[4..], request.Partition);
        BinaryPrimitives.WriteInt16BigEndian(target[8..], 0);
        BinaryPrimitives.WriteInt64BigEndian(target[10..], baseOffset);
        BinaryPrimitives.WriteInt64BigEndian(target[18..], -1);
        BinaryPrimitives.WriteInt64BigEndian(target[26..], 0);
        BinaryPrimitives.WriteInt32BigEndian(target[34..], 0);
        return size;
    }
}

/// <summary>Places within one frame.</summary>
internal readonly record struct BareRequest(int CorrelationId, int TopicAt, int TopicLength, int Partition, int BatchAt, int BatchLength);
