using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Actors.Model.Records;
using LoadGen.Platform;

namespace LoadGen.Bare;

/// <summary>One connection's blocking loop. Replies are sent here, or by the syncer once the bytes are on disk.</summary>
internal sealed unsafe class BareConnection(BlockingSocket socket, BareFile file, BareSyncer? syncer) : IDisposable
{
    private const int MaxFrameBytes = 8 << 20;
    private readonly byte* _frame = (byte*)NativeMemory.AlignedAlloc(MaxFrameBytes, 4096);
    private readonly byte[] _reply = new byte[512];

    public BareFile File => file;

    public void Run()
    {
        while (socket.ReceiveExactly(_frame, 4))
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(new ReadOnlySpan<byte>(_frame, 4));
            if (length is < 16 or > MaxFrameBytes)
            {
                throw new InvalidDataException($"a frame of {length} bytes");
            }

            if (!socket.ReceiveExactly(_frame, length))
            {
                return;
            }

            Append(new Span<byte>(_frame, length));
        }
    }

    public void Send(ReadOnlySpan<byte> replies)
    {
        fixed (byte* bytes = replies)
        {
            socket.SendAll(bytes, replies.Length);
        }
    }

    public void Dispose()
    {
        socket.Break();
        socket.Dispose();
    }

    private void Append(Span<byte> frame)
    {
        var request = BareProtocol.Read(frame);
        var batch = frame.Slice(request.BatchAt, request.BatchLength);
        var baseOffset = file.NextOffset;
        RecordBatch.Stamp(batch, baseOffset, 0);
        file.Append(_frame + request.BatchAt, request.BatchLength);
        file.NextOffset += RecordBatch.ReadInfo(batch).RecordCount;
        var size = BareProtocol.WriteReply(_reply, frame.Slice(request.TopicAt, request.TopicLength), request, baseOffset);
        if (syncer is null)
        {
            Send(_reply.AsSpan(0, size));
        }
        else
        {
            syncer.Enqueue(this, _reply.AsSpan(0, size));
        }
    }
}
