using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Actors.Model.Leases;

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
    public int Send(ReadOnlySpan<LeaseSlice> slices)
    {
        ObjectDisposedToIo();
        var count = Math.Min(slices.Length, MaxVectors);
        var vectors = stackalloc EpollNative.IoVector[count];
        for (var i = 0; i < count; i++)
        {
            // Every lease's array is pinned for life (LeasePool), and the caller owns a reference during the call.
            var slice = slices[i];
            vectors[i].Base = Unsafe.AsPointer(ref MemoryMarshal.GetReference(slice.Span));
            vectors[i].Length = (nuint)slice.LengthBytes;
        }

        var message = new EpollNative.MessageHeader { Vectors = vectors, VectorCount = (nuint)count };
        while (true)
        {
            var sent = EpollNative.SendMessage(_descriptor, &message, EpollNative.DontWait | EpollNative.NoSignal);
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
