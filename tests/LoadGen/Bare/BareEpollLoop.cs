using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Actors.Model.Records;
using LoadGen.Platform;

namespace LoadGen.Bare;

/// <summary>
/// Many connections on one thread, in rounds: receive what is there, write all of it with one call, sync once where asked,
/// then one send per connection. The shape that makes small durable requests cheap.
/// </summary>
internal sealed unsafe class BareEpollLoop(BareFile file, BareSync sync) : IDisposable
{
    private const int MaxConnections = 20_000;
    private const int ReceiveBytes = 256 * 1024;
    private const int WriteBytes = 4 << 20;
    private const int WaitMs = 100;
    private readonly Epoll _epoll = new();
    private readonly ConcurrentDictionary<int, Peer> _peers = [];
    private readonly byte* _receive = (byte*)NativeMemory.AlignedAlloc(ReceiveBytes, 4096);
    private readonly byte* _write = (byte*)NativeMemory.AlignedAlloc(WriteBytes, 4096);
    private readonly List<Peer> _due = [];
    private int _writeLength;
    private volatile bool _stopped;

    public void Add(BlockingSocket socket)
    {
        if (_peers.Count >= MaxConnections)
        {
            throw new InvalidOperationException("too many connections");
        }

        _peers[socket.Fd] = new Peer(socket);
        _epoll.Add(socket.Fd, socket.Fd);
    }

    public void Run()
    {
        while (!_stopped)
        {
            var events = _epoll.Wait(WaitMs);
            for (var i = 0; i < events; i++)
            {
                Receive(_peers[_epoll.Token(i)]);
            }

            if (_due.Count > 0)
            {
                EndRound();
            }
        }
    }

    public void Dispose()
    {
        _stopped = true;
        foreach (var peer in _peers.Values)
        {
            peer.Socket.Break();
            peer.Socket.Dispose();
        }
    }

    private void Receive(Peer peer)
    {
        peer.Leftover.AsSpan(0, peer.LeftoverLength).CopyTo(new Span<byte>(_receive, ReceiveBytes));
        var received = peer.Socket.Receive(_receive + peer.LeftoverLength, ReceiveBytes - peer.LeftoverLength);
        if (received == 0)
        {
            _peers.TryRemove(peer.Socket.Fd, out _);
            peer.Socket.Dispose();
            return;
        }

        var bytes = new Span<byte>(_receive, peer.LeftoverLength + received);
        while (bytes.Length >= 4 && BinaryPrimitives.ReadInt32BigEndian(bytes) is var length && bytes.Length - 4 >= length)
        {
            Take(peer, bytes.Slice(4, length));
            bytes = bytes[(4 + length)..];
        }

        if (peer.Leftover.Length < bytes.Length)
        {
            peer.Leftover = new byte[bytes.Length];
        }

        bytes.CopyTo(peer.Leftover);
        peer.LeftoverLength = bytes.Length;
    }

    private void Take(Peer peer, Span<byte> frame)
    {
        var request = BareProtocol.Read(frame);
        if (_writeLength + request.BatchLength > WriteBytes)
        {
            WriteOut();
        }

        var batch = new Span<byte>(_write + _writeLength, request.BatchLength);
        frame.Slice(request.BatchAt, request.BatchLength).CopyTo(batch);
        var baseOffset = file.NextOffset;
        RecordBatch.Stamp(batch, baseOffset, 0);
        file.NextOffset += RecordBatch.ReadInfo(batch).RecordCount;
        _writeLength += request.BatchLength;
        if (peer.RepliesLength == 0)
        {
            _due.Add(peer);
        }

        var needed = peer.RepliesLength + BareProtocol.ReplyBytes + request.TopicLength;
        if (peer.Replies.Length < needed)
        {
            Array.Resize(ref peer.Replies, needed * 2);
        }

        peer.RepliesLength += BareProtocol.WriteReply(
            peer.Replies.AsSpan(peer.RepliesLength), frame.Slice(request.TopicAt, request.TopicLength), request, baseOffset);
    }

    private void EndRound()
    {
        WriteOut();
        if (sync == BareSync.Group)
        {
            file.Sync();
        }

        foreach (var peer in _due)
        {
            fixed (byte* replies = peer.Replies)
            {
                peer.Socket.SendAll(replies, peer.RepliesLength);
            }

            peer.RepliesLength = 0;
        }

        _due.Clear();
    }

    private void WriteOut()
    {
        file.Append(_write, _writeLength);
        _writeLength = 0;
    }

    private sealed class Peer(BlockingSocket socket)
    {
        public readonly BlockingSocket Socket = socket;
        public byte[] Leftover = [];
        public int LeftoverLength;
        public byte[] Replies = new byte[1024];
        public int RepliesLength;
    }
}
