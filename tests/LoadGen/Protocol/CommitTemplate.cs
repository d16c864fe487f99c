using System.Buffers.Binary;

namespace LoadGen.Protocol;

/// <summary>One OffsetCommit request of one group and one partition, encoded once; only correlation id and offset change.</summary>
internal sealed class CommitTemplate
{
    public const short Version = 7;
    private const int CorrelationAt = 8;
    private readonly string _group;
    private readonly int _offsetAt;

    public CommitTemplate(string group, string topic, int partition)
    {
        _group = group;
        var head = new WireWriter().Int32(0).Int16((short)ApiKey.OffsetCommit).Int16(Version).Int32(0).String(KafkaConnection.ClientId)
            .String(group).Int32(-1).String("").String(null).Int32(1).String(topic).Int32(1).Int32(partition);
        _offsetAt = head.Length;
        head.Int64(0).Int32(-1).String(null);
        Frame = head.Written.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(Frame, Frame.Length - 4);
    }

    public byte[] Frame { get; }

    public void Patch(int correlationId, long offset)
    {
        BinaryPrimitives.WriteInt32BigEndian(Frame.AsSpan(CorrelationAt), correlationId);
        BinaryPrimitives.WriteInt64BigEndian(Frame.AsSpan(_offsetAt), offset);
    }

    /// <summary>The error code in a reply, whose correlation id has to be this one.</summary>
    public short ReadError(ReadOnlySpan<byte> reply, int correlationId)
    {
        var reader = new WireReader(reply);
        var correlated = reader.Int32();
        if (correlated != correlationId)
        {
            throw new ProtocolFault($"{_group}: reply to request {correlated} came where {correlationId} was due");
        }

        reader.Int32(); // throttle
        reader.Count(false);
        reader.SkipText(false);
        reader.Count(false);
        reader.Int32();
        return reader.Int16();
    }
}
