using System.Diagnostics;
using Actors.Model.Leases;
using Actors.Net.Transports;

namespace Actors.Net;

// The receiving half. At rest the connection holds no lease: a begun frame of up to StashBytes waits in a small array of its own.
//
//   lease   |consumed frames|frame begun . . . |room|
//            0               _start        _end
public abstract partial class Connection
{
    private const int StashBytes = 1024;
    private const int LeastRoomBytes = 4096;

    private Lease? _lease;
    private int _start;
    private int _end;
    private byte[]? _stash;
    private int _stashed;
    private int _frameBytes; // whole size of the frame begun, 0 while unknown
    private int _expectedBytes = LeasePool.SmallBytes;
    private bool _readable;
    private bool _isFirst = true;
    private bool _handledFrames;
    private bool _framesPaused;
    private bool _stoppedByPressure;
    private int _waitingForSpace;
    private long _sliceStartedAt;
    private long _sliceBytes;
    private long _bytesIn;
    private long _requestCount;

    internal long BytesIn => Volatile.Read(ref _bytesIn);

    internal long RequestCount => Volatile.Read(ref _requestCount);

    /// <summary>Bytes received.</summary>
    protected long ReceivedBytes => BytesIn;

    /// <summary>Requests received.</summary>
    protected long ReceivedRequests => RequestCount;

    /// <summary>Whether the connection holds a lease for receiving; false whenever it rests between frames.</summary>
    internal bool HoldsLease => Volatile.Read(ref _lease) is not null;

    /// <summary>
    /// Handles no further frame until <see cref="ResumeFrames"/>: the one at hand must take effect before the next. On the connection's turn.
    /// </summary>
    public void PauseFrames() => _framesPaused = true;

    /// <summary>Goes on with the frames that wait. On the connection's turn.</summary>
    public void ResumeFrames()
    {
        _framesPaused = false;
        Wake();
    }

    private bool MayHandle =>
        !_framesPaused && _outstanding < _limits.MaxOutstandingRequests && _heldBytes + _sink.PendingBytes < _limits.MaxHeldReplyBytes;

    /// <summary>True: the slice is used up, there is more.</summary>
    private bool ReceiveFrames()
    {
        _sliceStartedAt = 0;
        _sliceBytes = 0;
        while (true)
        {
            var isUsedUp = HandleFrames();
            if (_handledFrames)
            {
                _handledFrames = false;
                OnFramesTaken();
            }

            if (isUsedUp)
            {
                return true;
            }

            _stoppedByPressure = !MayHandle;
            if (_draining || _stoppedByPressure || !Volatile.Read(ref _readable))
            {
                return false;
            }

            if (SliceIsUsedUp())
            {
                return true;
            }

            if (!MakeRoom(out var room))
            {
                return false;
            }

            Volatile.Write(ref _readable, false); // before the call: an event during it is not lost
            var received = _transport.Receive(room);
            if (received == ITransport.WouldBlock)
            {
                continue;
            }

            if (received == 0)
            {
                Close();
                return false;
            }

            if (received == room.Length)
            {
                Volatile.Write(ref _readable, true); // a shorter one has emptied the socket
            }

            _end += received;
            Volatile.Write(ref _bytesIn, _bytesIn + received);
            Volatile.Write(ref _activeAtMs, _set.CoarseNowMs);
        }
    }

    /// <summary>Hands over the whole frames at hand. True: the slice is used up.</summary>
    private bool HandleFrames()
    {
        if (_isFirst && _end - _start >= FrameSplitter.LengthBytes)
        {
            if (OnFirstBytes(_lease!.Array.AsSpan(_start, _end - _start)))
            {
                _start = _end;
                return false;
            }

            Volatile.Write(ref _isFirst, false);
        }

        while (_lease is not null && MayHandle)
        {
            var status = FrameSplitter.TryRead(_lease.Array.AsSpan(_start, _end - _start), _limits.MaxFrameBytes, out var bodyBytes);
            switch (status)
            {
                case FrameStatus.Whole:
                    var frame = _lease.Slice(_start + FrameSplitter.LengthBytes, bodyBytes);
                    _start += FrameSplitter.LengthBytes + bodyBytes;
                    _sliceBytes += bodyBytes;
                    _expectedBytes = Math.Max(LeasePool.SmallBytes, Math.Min(FrameSplitter.LengthBytes + bodyBytes, LeasePool.LargeBytes));
                    _frameBytes = 0;
                    Volatile.Write(ref _frameSinceMs, long.MaxValue);
                    Volatile.Write(ref _requestCount, _requestCount + 1);
                    _handledFrames = true;
                    OnFrame(frame);
                    if (SliceIsUsedUp() && _end > _start)
                    {
                        return true;
                    }

                    continue;
                case FrameStatus.Partial:
                    _frameBytes = FrameSplitter.LengthBytes + bodyBytes;
                    BeginFrameDeadline();
                    return false;
                case FrameStatus.NoLength:
                    _frameBytes = 0;
                    BeginFrameDeadline();
                    return false;
                case FrameStatus.NegativeLength:
                    throw new ConnectionFault($"a frame of {bodyBytes} bytes is announced");
                default:
                    throw new ConnectionFault($"a frame of {bodyBytes} bytes is announced, MaxFrameBytes is {_limits.MaxFrameBytes}");
            }
        }

        return false;
    }

    /// <summary>Room to receive into; false at the pool's budget (a turn follows when memory comes back).</summary>
    private bool MakeRoom(out Span<byte> room)
    {
        room = default;
        var begun = _end - _start;
        if (_lease is null)
        {
            var wanted = Math.Max(_expectedBytes, _frameBytes);
            if (!Rent(wanted, out var fresh))
            {
                return false;
            }

            _stash.AsSpan(0, _stashed).CopyTo(fresh.Array);
            (_lease, _start, _end, _stashed) = (fresh, 0, _stashed, 0);
        }
        else if (begun == 0 ? _lease.LengthBytes - _end < LeastRoomBytes
                 : _frameBytes > 0 ? _start + _frameBytes > _lease.LengthBytes
                 : _start + LeastRoomBytes > _lease.LengthBytes)
        {
            // What is begun does not fit into the rest: it gets a lease of its own, and only what has arrived is copied.
            if (!Rent(Math.Max(_frameBytes, LeasePool.SmallBytes), out var own))
            {
                return false;
            }

            _lease.Array.AsSpan(_start, begun).CopyTo(own.Array);
            _lease.Release();
            (_lease, _start, _end) = (own, 0, begun);
        }

        // A large frame is received exactly to its end, so that the next one starts in a lease of its own, uncopied.
        var limit = _frameBytes > LeasePool.SmallBytes ? _start + _frameBytes
            : _end == 0 ? Math.Min(_lease.LengthBytes, _expectedBytes) : _lease.LengthBytes;
        room = _lease.Array.AsSpan(_end, Math.Max(limit, _end + 1) - _end);
        return true;
    }

    private bool Rent(int bytes, out Lease lease)
    {
        if (_pool.TryRent(bytes) is { } rented)
        {
            lease = rented;
            return true;
        }

        var freed = _pool.WhenSpaceFreed(); // taken first: what comes back between the two is seen by one of them
        if (_pool.TryRent(bytes) is { } second)
        {
            lease = second;
            return true;
        }

        if (Interlocked.Exchange(ref _waitingForSpace, 1) == 0)
        {
            freed.ContinueWith(static (_, self) => ((Connection)self!).SpaceFreed(), this, TaskScheduler.Default);
        }

        lease = null!;
        return false;
    }

    private void SpaceFreed()
    {
        Volatile.Write(ref _waitingForSpace, 0);
        Wake();
    }

    private bool SliceIsUsedUp()
    {
        if (_sliceBytes >= _limits.SliceBytes)
        {
            return true;
        }

        if (_sliceStartedAt == 0)
        {
            _sliceStartedAt = Stopwatch.GetTimestamp();
            return false;
        }

        return Stopwatch.GetElapsedTime(_sliceStartedAt).TotalMicroseconds >= _limits.SliceMicros;
    }

    private void RestReceiver()
    {
        var begun = _end - _start;
        if (_lease is not null && begun <= StashBytes && (begun == 0 || _frameBytes <= LeasePool.SmallBytes) && MayHandle)
        {
            if (begun > 0)
            {
                _stash ??= new byte[StashBytes];
                _lease.Array.AsSpan(_start, begun).CopyTo(_stash);
            }
            else
            {
                _stash = null;
            }

            _stashed = begun;
            _start = _end = 0;
            _lease.Release();
            _lease = null;
        }

        if (!Volatile.Read(ref _readable) && !_draining && MayHandle)
        {
            _transport.WantReadable();
        }
    }

    private void CloseReceiver()
    {
        _lease?.Release();
        _lease = null;
        _stash = null;
        _start = _end = _stashed = 0;
    }
}
