using System.Buffers.Binary;
using System.Net;
using LoadGen.Platform;

namespace LoadGen.Protocol;

/// <summary>A blocking connection for the few requests around a load run; one request at a time.</summary>
internal sealed unsafe class KafkaConnection : IDisposable
{
    public const string ClientId = "loadgen";
    private const int MaxReplyBytes = 64 << 20;
    private readonly BlockingSocket _socket;
    private int _correlationId;

    public KafkaConnection(EndPoint address, int replyTimeoutMs = 120_000) =>
        _socket = BlockingSocket.Connect(address, replyTimeoutMs);

    /// <summary>Sends a request with header v1 or v2 and answers the reply's bytes behind its header.</summary>
    public byte[] Request(ApiKey api, short version, bool flexible, WireWriter body)
    {
        var correlationId = ++_correlationId;
        var head = new WireWriter().Int32(0).Int16((short)api).Int16(version).Int32(correlationId).String(ClientId).NoTags(flexible);
        var frame = new byte[head.Length + body.Length];
        head.Written.CopyTo(frame);
        body.Written.CopyTo(frame.AsSpan(head.Length));
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        fixed (byte* bytes = frame)
        {
            _socket.SendAll(bytes, frame.Length);
        }

        var reply = ReadFrame(api);
        var reader = new WireReader(reply);
        var correlated = reader.Int32();
        if (correlated != correlationId)
        {
            throw new ProtocolFault($"{api}: reply to request {correlated} came where {correlationId} was due");
        }

        reader.SkipTags(flexible && api != ApiKey.ApiVersions); // the ApiVersions reply keeps header v0
        return reply[reader.Position..];
    }

    /// <summary>Sends one batch to partition 0 of a topic and waits for the answer; answers the batch's bytes.</summary>
    public int Produce(string topic, short version, PreparedBatch batch)
    {
        var template = new ProduceTemplate(topic, version, -1, batch);
        var correlationId = ++_correlationId;
        template.Patch(template.Frame, correlationId, 0);
        fixed (byte* bytes = template.Frame)
        {
            _socket.SendAll(bytes, template.Frame.Length);
        }

        template.CheckReply(ReadFrame(ApiKey.Produce), correlationId);
        return batch.Bytes.Length;
    }

    public void Dispose() => _socket.Dispose();

    private byte[] ReadFrame(ApiKey api)
    {
        var prefix = new byte[4];
        Fill(prefix, api);
        var length = BinaryPrimitives.ReadInt32BigEndian(prefix);
        if (length is < 4 or > MaxReplyBytes)
        {
            throw new ProtocolFault($"{api}: a reply of {length} bytes");
        }

        var reply = new byte[length];
        Fill(reply, api);
        return reply;
    }

    private void Fill(Span<byte> target, ApiKey api)
    {
        fixed (byte* bytes = target)
        {
            if (!_socket.ReceiveExactly(bytes, target.Length))
            {
                throw new ProtocolFault($"{api}: the server closed the connection before its whole reply");
            }
        }
    }
}
