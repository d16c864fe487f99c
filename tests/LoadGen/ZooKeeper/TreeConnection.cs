using System.Buffers.Binary;
using System.Net;
using LoadGen.Platform;
using LoadGen.Protocol;

namespace LoadGen.ZooKeeper;

/// <summary>
/// One session over one blocking socket. Replies are checked as they come: xids in the order of requests, no error, zxids that never go
/// back. Not thread-safe.
/// </summary>
internal sealed unsafe class TreeConnection : IDisposable
{
    public const int NotificationXid = -1;
    private const int ReplyTimeoutMs = 60_000;
    private const int SessionTimeoutMs = 40_000;
    private const int ReplyHeaderBytes = 16;
    private const int MaxReplyBytes = 1 << 20;
    private byte[] _leftover = [];
    private int _leftoverBytes;
    private long _lastZxid;

    private TreeConnection(BlockingSocket socket) => Socket = socket;

    public BlockingSocket Socket { get; }

    /// <summary>Requests sent; the xid of the last one.</summary>
    public int Sent { get; set; }

    /// <summary>Requests answered.</summary>
    public int Answered { get; private set; }

    /// <summary>Watch events received.</summary>
    public long Events { get; private set; }

    /// <summary>Connects and opens a session.</summary>
    public static TreeConnection Open(EndPoint address, int timeoutMs = ReplyTimeoutMs)
    {
        var connection = new TreeConnection(BlockingSocket.Connect(address, timeoutMs));
        Span<byte> request = stackalloc byte[49];
        request.Clear();
        BinaryPrimitives.WriteInt32BigEndian(request, 45);
        BinaryPrimitives.WriteInt32BigEndian(request[16..], SessionTimeoutMs);
        BinaryPrimitives.WriteInt32BigEndian(request[28..], 16);
        connection.Send(request);
        Span<byte> reply = stackalloc byte[41];
        fixed (byte* target = reply)
        {
            if (!connection.Socket.ReceiveExactly(target, reply.Length))
            {
                throw new ProtocolFault("the server closed a connection instead of opening a session");
            }
        }

        return BinaryPrimitives.ReadInt32BigEndian(reply[8..]) > 0 && BinaryPrimitives.ReadInt64BigEndian(reply[12..]) != 0
            ? connection
            : throw new ProtocolFault("the server opened no session");
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            Socket.SendAll(first, bytes.Length);
        }
    }

    /// <summary>
    /// Receives what is there into <paramref name="buffer"/> and answers how many requests that answers;
    /// <paramref name="onReply"/> gets the number of each one, from 0 on.
    /// </summary>
    public int Receive(Span<byte> buffer, Action<int>? onReply)
    {
        _leftover.AsSpan(0, _leftoverBytes).CopyTo(buffer);
        int received;
        fixed (byte* target = buffer)
        {
            received = Socket.Receive(target + _leftoverBytes, buffer.Length - _leftoverBytes);
        }

        if (received == 0)
        {
            throw new ProtocolFault($"the server closed a session with {Sent - Answered} requests unanswered");
        }

        ReadOnlySpan<byte> bytes = buffer[..(_leftoverBytes + received)];
        var before = Answered;
        while (bytes.Length >= 4)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes);
            if (length is < ReplyHeaderBytes or > MaxReplyBytes)
            {
                throw new ProtocolFault($"a reply of {length} bytes");
            }

            if (bytes.Length - 4 < length)
            {
                break;
            }

            Take(bytes.Slice(4, length), onReply);
            bytes = bytes[(4 + length)..];
        }

        Keep(bytes);
        return Answered - before;
    }

    public void Dispose() => Socket.Dispose();

    private void Take(ReadOnlySpan<byte> reply, Action<int>? onReply)
    {
        var xid = BinaryPrimitives.ReadInt32BigEndian(reply);
        var zxid = BinaryPrimitives.ReadInt64BigEndian(reply[4..]);
        var error = BinaryPrimitives.ReadInt32BigEndian(reply[12..]);
        if (xid == NotificationXid)
        {
            Events++;
            return;
        }

        if (xid != Answered + 1 || error != 0 || zxid < _lastZxid)
        {
            throw new ProtocolFault(
                $"request {Answered + 1} was answered as {xid} with error {error} at zxid {zxid:x}, the one before at {_lastZxid:x}");
        }

        _lastZxid = zxid;
        onReply?.Invoke(Answered);
        Answered++;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_leftover.Length < bytes.Length)
        {
            _leftover = new byte[bytes.Length];
        }

        bytes.CopyTo(_leftover);
        _leftoverBytes = bytes.Length;
    }
}
