using System.Buffers;
using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Actors.Net.Transports;

/// <summary>
/// A TCP connection on an <see cref="EpollLoop"/>. Readiness comes as edges, once; so it is kept in a flag until somebody wants it,
/// and a wish is kept until readiness comes. Whichever of the two arrives second delivers the event.
/// </summary>
public sealed unsafe class EpollTransport : ITransport
{
    private const int MaxVectors = 64;
    private const int ReadReady = 1;
    private const int ReadWanted = 2;
    private const int WriteReady = 4;
    private const int WriteWanted = 8;
    private const int PeerGone = 16;

    private readonly EpollLoop _loop;
    private readonly Socket _socket;
    private readonly int _descriptor;
    private ITransportEvents? _events;
    private int _state;
    private long _id;
    private int _closed;

    /// <summary>A transport that owns <paramref name="socket"/>, on the given loop.</summary>
    public EpollTransport(Socket socket, EpollLoop loop)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(loop);
        socket.Blocking = false;
        _socket = socket;
        _loop = loop;
        _descriptor = (int)socket.Handle;
        Remote = socket.RemoteEndPoint as IPEndPoint;
        Local = socket.LocalEndPoint as IPEndPoint;
    }

    /// <inheritdoc/>
    public IPEndPoint? Remote { get; }

    /// <inheritdoc/>
    public IPEndPoint? Local { get; }

    /// <inheritdoc/>
    public void Start(ITransportEvents events)
    {
        _events = events;
        _id = _loop.Register(this, _descriptor);
    }

    /// <inheritdoc/>
    public int Receive(Span<byte> into)
    {
        ObjectDisposedToIo();
        while (true)
        {
            nint received;
            fixed (byte* at = into)
            {
                received = EpollNative.Receive(_descriptor, at, (nuint)into.Length, EpollNative.DontWait);
            }

            if (received >= 0)
            {
                return (int)received;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == EpollNative.TryAgain)
            {
                return ITransport.WouldBlock;
            }

            ThrowUnlessInterrupted(error);
        }
    }

    /// <inheritdoc/>
    public int Send(ReadOnlySpan<ReplySegment> segments)
    {
        ObjectDisposedToIo();
        if (segments[0].Region is { } region)
        {
            return region.File.Handle is { } file ? SendRegion(file, segments[0]) : SendCopied(segments[0]);
        }

        var count = Math.Min(segments.Length, MaxVectors);
        var vectors = stackalloc EpollNative.IoVector[count];
        var flags = EpollNative.DontWait | EpollNative.NoSignal;
        for (var i = 0; i < count; i++)
        {
            if (segments[i].IsRegion)
            {
                flags |= EpollNative.More;
                count = i;
                break;
            }

            // Every lease's array is pinned for life (LeasePool), and the caller owns a reference during the call.
            var bytes = segments[i].Span;
            vectors[i].Base = Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
            vectors[i].Length = (nuint)bytes.Length;
        }

        return SendVectors(vectors, count, flags);
    }

    /// <inheritdoc/>
    public void WantReadable()
    {
        var before = Interlocked.Or(ref _state, ReadWanted);
        if ((before & (ReadReady | PeerGone)) != 0 && TryTake(ReadWanted, ReadReady))
        {
            _events!.OnReadable();
        }
    }

    /// <inheritdoc/>
    public void WantWritable()
    {
        var before = Interlocked.Or(ref _state, WriteWanted);
        if ((before & WriteReady) != 0 && TryTake(WriteWanted, WriteReady))
        {
            _events!.OnWritable();
        }
    }

    /// <inheritdoc/>
    public void Schedule(IThreadPoolWorkItem connection) => _loop.Schedule(connection);

    /// <inheritdoc/>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            _loop.Forget(_id);
            _socket.Dispose();
        }
    }

    /// <summary>On the loop's thread.</summary>
    internal void OnEvents(uint events)
    {
        var gone = (events & (EpollNative.PeerClosed | EpollNative.HangUp | EpollNative.Error)) != 0;
        var ready = (gone ? PeerGone | ReadReady | WriteReady : 0)
            | ((events & EpollNative.In) != 0 ? ReadReady : 0)
            | ((events & EpollNative.Out) != 0 ? WriteReady : 0);
        var before = Interlocked.Or(ref _state, ready);
        if ((ready & ReadReady) != 0 && (before & ReadWanted) != 0 && TryTake(ReadWanted, ReadReady))
        {
            _events!.OnReadable();
        }

        if ((ready & WriteReady) != 0 && (before & WriteWanted) != 0 && TryTake(WriteWanted, WriteReady))
        {
            _events!.OnWritable();
        }
    }

    /// <summary>Takes wish and readiness away together; true for the one of two racing deliverers that found the wish.</summary>
    private bool TryTake(int wanted, int ready) => (Interlocked.And(ref _state, ~(wanted | ready)) & wanted) != 0;

    private int SendVectors(EpollNative.IoVector* vectors, int count, int flags)
    {
        var message = new EpollNative.MessageHeader { Vectors = vectors, VectorCount = (nuint)count };
        while (true)
        {
            var sent = EpollNative.SendMessage(_descriptor, &message, flags);
            if (sent >= 0)
            {
                return (int)sent;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == EpollNative.TryAgain)
            {
                return ITransport.WouldBlock;
            }

            ThrowUnlessInterrupted(error);
        }
    }

    private int SendRegion(SafeHandle file, in ReplySegment segment)
    {
        var wanted = Math.Min(segment.LengthBytes, ITransport.MaxRegionSendBytes);
        while (true)
        {
            var position = segment.Position;
            var sent = EpollNative.SendFile(_descriptor, file, &position, (nuint)wanted);
            if (sent > 0)
            {
                return (int)sent;
            }

            if (sent == 0)
            {
                throw segment.Ended();
            }

            var error = Marshal.GetLastPInvokeError();
            switch (error)
            {
                case EpollNative.TryAgain:
                    return ITransport.WouldBlock;
                case EpollNative.InputOutput or EpollNative.BadDescriptor or EpollNative.NoMemory or EpollNative.Invalid
                    or EpollNative.IllegalSeek or EpollNative.Overflow:
                    throw new InvalidOperationException(
                        $"{segment.Region!.File.Path} could not be sent from byte {segment.Position}.", new Win32Exception(error));
                default:
                    ThrowUnlessInterrupted(error);
                    break;
            }
        }
    }

    /// <summary>A file that the kernel cannot send from, in pieces through memory.</summary>
    private int SendCopied(in ReplySegment segment)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReplySegment.CopyBytes);
        try
        {
            var length = segment.CopyTo(buffer);
            fixed (byte* at = buffer)
            {
                var vector = new EpollNative.IoVector { Base = at, Length = (nuint)length };
                return SendVectors(&vector, 1, EpollNative.DontWait | EpollNative.NoSignal);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void ObjectDisposedToIo()
    {
        if (Volatile.Read(ref _closed) != 0)
        {
            throw new IOException("closed");
        }
    }

    private static void ThrowUnlessInterrupted(int error)
    {
        if (error != EpollNative.Interrupted)
        {
            throw new IOException(new Win32Exception(error).Message);
        }
    }
}
