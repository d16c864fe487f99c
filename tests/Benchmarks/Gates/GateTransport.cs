using System.Buffers.Binary;
using System.Net;
using Actors.Net;
using Actors.Net.Transports;

namespace Benchmarks.Gates;

/// <summary>A byte stream inside the process that allocates nothing itself: one request at a time, its answer counted and thrown away.</summary>
internal sealed class GateTransport : ITransport, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _answered = new(0);
    private readonly byte[] _head = new byte[128];
    private ITransportEvents? _events;
    private byte[] _request = [];
    private int _sent;
    private int _received;
    private bool _wanted;

    public IPEndPoint? Remote { get; } = new(IPAddress.Loopback, 50_000);
    public IPEndPoint? Local { get; } = new(IPAddress.Loopback, 9092);

    /// <summary>The last answer's first bytes, its length among them.</summary>
    public ReadOnlySpan<byte> Head => _head;

    /// <summary>Sends a frame and waits for a whole one; answers its size in bytes.</summary>
    public int Ask(byte[] frame)
    {
        lock (_lock)
        {
            (_request, _sent, _received) = (frame, 0, 0);
        }

        TellReadable();
        return _answered.Wait(s_patience) ? _received : throw new TimeoutException("The listener does not answer.");
    }

    public void Start(ITransportEvents events) => _events = events;

    public int Receive(Span<byte> into)
    {
        lock (_lock)
        {
            var count = Math.Min(into.Length, _request.Length - _sent);
            _request.AsSpan(_sent, count).CopyTo(into);
            _sent += count;
            return count == 0 ? ITransport.WouldBlock : count;
        }
    }

    public int Send(ReadOnlySpan<ReplySegment> segments)
    {
        var sent = 0;
        foreach (ref readonly var slice in segments)
        {
            if (!slice.IsRegion && _received < _head.Length)
            {
                var count = Math.Min(slice.LengthBytes, _head.Length - _received);
                slice.Span[..count].CopyTo(_head.AsSpan(_received));
            }

            _received += slice.LengthBytes;
            sent += slice.LengthBytes;
        }

        if (_received >= 4 && _received == 4 + BinaryPrimitives.ReadInt32BigEndian(_head))
        {
            _answered.Release();
        }

        return sent;
    }

    public void WantReadable()
    {
        lock (_lock)
        {
            _wanted = true;
        }

        TellReadable();
    }

    public void WantWritable() => _events?.OnWritable();

    public void Schedule(IThreadPoolWorkItem connection) => ThreadPool.UnsafeQueueUserWorkItem(connection, preferLocal: false);

    public void Close()
    {
    }

    public void Dispose() => _answered.Dispose();

    private void TellReadable()
    {
        lock (_lock)
        {
            if (!_wanted || _sent == _request.Length)
            {
                return;
            }

            _wanted = false;
        }

        _events?.OnReadable();
    }
}
