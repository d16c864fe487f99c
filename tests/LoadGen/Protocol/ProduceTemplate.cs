using System.Buffers.Binary;

namespace LoadGen.Protocol;

/// <summary>
/// One whole Produce request (v7, v8 or v9) as bytes that are sent again and again: only the correlation id and the
/// partition change, both in place.
/// </summary>
internal sealed class ProduceTemplate
{
    private const int CorrelationAt = 8;
    private readonly int _partitionAt;

    public ProduceTemplate(string topic, short version, short acks, PreparedBatch batch, int timeoutMs = 30_000)
    {
        Topic = topic;
        Version = version;
        Acks = acks;
        Batch = batch;
        var flexible = version >= 9;
        var writer = new WireWriter();
        writer.Int32(0).Int16((short)ApiKey.Produce).Int16(version).Int32(0).String(KafkaConnection.ClientId).NoTags(flexible);
        writer.Text(null, flexible).Int16(acks).Int32(timeoutMs);
        writer.Count(1, flexible).Text(topic, flexible).Count(1, flexible);
        _partitionAt = writer.Length;
        writer.Int32(0);
        if (flexible)
        {
            writer.UnsignedVarint((uint)batch.Bytes.Length + 1);
        }
        else
        {
            writer.Int32(batch.Bytes.Length);
        }

        writer.Bytes(batch.Bytes).NoTags(flexible).NoTags(flexible).NoTags(flexible);
        Frame = writer.Written.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(Frame, Frame.Length - 4);
    }

    public string Topic { get; }
    public short Version { get; }
    public short Acks { get; }
    public PreparedBatch Batch { get; }

    /// <summary>The request, length prefix included.</summary>
    public byte[] Frame { get; }

    /// <summary>Writes the two things that change into <paramref name="frame"/>, a copy of <see cref="Frame"/>.</summary>
    public void Patch(Span<byte> frame, int correlationId, int partition)
    {
        BinaryPrimitives.WriteInt32BigEndian(frame[CorrelationAt..], correlationId);
        BinaryPrimitives.WriteInt32BigEndian(frame[_partitionAt..], partition);
    }

    /// <summary>Checks one reply (without its length prefix) and answers the base offset it names.</summary>
    public long CheckReply(ReadOnlySpan<byte> reply, int correlationId)
    {
        var flexible = Version >= 9;
        var reader = new WireReader(reply);
        var correlated = reader.Int32();
        if (correlated != correlationId)
        {
            throw new ProtocolFault($"reply to request {correlated} came where {correlationId} was due");
        }

        reader.SkipTags(flexible);
        Single(reader.Count(flexible));
        reader.SkipText(flexible);
        Single(reader.Count(flexible));
        var partition = reader.Int32();
        var error = reader.Int16();
        var baseOffset = reader.Int64();
        reader.Take(16); // log append time, log start offset
        if (error != 0)
        {
            throw ProtocolFault.Code("Produce", $"{Topic}-{partition}", error, Version >= 8 ? Message(ref reader, flexible) : null);
        }

        if (Version >= 8)
        {
            Message(ref reader, flexible);
            reader.SkipTags(flexible);
            reader.SkipTags(flexible);
        }

        reader.Int32(); // throttle
        reader.SkipTags(flexible);
        reader.End("a Produce reply");
        return baseOffset >= 0 ? baseOffset : throw new ProtocolFault($"Produce was acknowledged without an offset ({baseOffset})");
    }

    private static string? Message(ref WireReader reader, bool flexible)
    {
        string? first = null;
        for (var left = reader.Count(flexible); left > 0; left--)
        {
            var index = reader.Int32();
            first ??= $"record {index}: {reader.Text(flexible)}";
            reader.SkipTags(flexible);
        }

        var message = reader.Text(flexible);
        return first is null ? message : $"{message} {first}";
    }

    private static void Single(int count)
    {
        if (count != 1)
        {
            throw new ProtocolFault($"a Produce reply names {count} topics or partitions instead of one");
        }
    }
}
