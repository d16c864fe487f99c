using System.Net;
using System.Net.Sockets;
using Actors.Model.Leases;

namespace Actors.Net.Transports;

/// <summary>
/// A TCP connection over .NET's own socket events: works on every system. Readiness to receive is a receive of zero bytes; for
/// readiness to send there is no such thing, so that the transport then takes over one slice and sends it in the background.
/// </summary>
#pragma warning disable CA1001 // Close gives everything back
public sealed class SocketTransport : ITransport
#pragma warning restore CA1001
{
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _receiving = new();
    private readonly List<ArraySegment<byte>> _gathered = [];
    private SocketAsyncEventArgs? _sending;
    private LeaseSlice _sendingSlice;
    private byte[]? _copied;
    private ITransportEvents? _events;
    private int _receiveAsked;
    private volatile bool _sendBusy;
    private volatile bool _sendWanted;

    /// <summary>A transport that owns <paramref name="socket"/>.</summary>
    public SocketTransport(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        socket.Blocking = false;
        _socket = socket;
        Remote = socket.RemoteEndPoint as IPEndPoint;
        Local = socket.LocalEndPoint as IPEndPoint;
        _receiving.SetBuffer(Memory<byte>.Empty);
        _receiving.Completed += (_, _) => Readable();
    }

    /// <inheritdoc/>
    public IPEndPoint? Remote { get; }

    /// <inheritdoc/>
    public IPEndPoint? Local { get; }

    /// <inheritdoc/>
    public void Start(ITransportEvents events) => _events = events;

    /// <inheritdoc/>
    public int Receive(Span<byte> into)
    {
        int received;
        SocketError error;
        try
        {
            received = _socket.Receive(into, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException closed)
        {
            throw new IOException("closed", closed);
        }

        return error == SocketError.Success ? received : error == SocketError.WouldBlock ? ITransport.WouldBlock
            : throw new IOException(error.ToString());
    }

    /// <inheritdoc/>
    public int Send(ReadOnlySpan<ReplySegment> segments)
    {
        if (_sendBusy)
        {
            return ITransport.WouldBlock;
        }

        int sent;
        SocketError error;
        try
        {
            if (segments[0].IsRegion)
            {
                return SendRegion(segments[0]);
            }

            if (segments.Length == 1)
            {
                sent = _socket.Send(segments[0].Span, SocketFlags.None, out error);
            }
            else
            {
                _gathered.Clear();
                for (var i = 0; i < segments.Length && !segments[i].IsRegion; i++)
                {
                    var slice = segments[i].Slice;
                    _gathered.Add(new ArraySegment<byte>(slice.Lease!.Array, slice.Start, slice.LengthBytes));
                }

                sent = _socket.Send(_gathered, SocketFlags.None, out error);
                _gathered.Clear();
            }

            if (error == SocketError.WouldBlock)
            {
                var slice = segments[0].Slice;
                slice.AddReference();
                _sendingSlice = slice;
                return SendInBackground(slice.Memory);
            }
        }
        catch (ObjectDisposedException closed)
        {
            throw new IOException("closed", closed);
        }

        return error == SocketError.Success ? sent : throw new IOException(error.ToString());
    }

    /// <inheritdoc/>
    public void WantReadable()
    {
        if (Interlocked.Exchange(ref _receiveAsked, 1) != 0)
        {
            return;
        }

        try
        {
            if (!_socket.ReceiveAsync(_receiving))
            {
                Readable();
            }
        }
        catch (ObjectDisposedException)
        {
            // Closed meanwhile: nobody waits for readiness any more.
        }
    }

    /// <inheritdoc/>
    public void WantWritable()
    {
        _sendWanted = true;
        if (!_sendBusy)
        {
            Writable();
        }
    }

    /// <inheritdoc/>
    public void Schedule(IThreadPoolWorkItem connection) => ThreadPool.UnsafeQueueUserWorkItem(connection, preferLocal: false);

    /// <inheritdoc/>
    public void Close()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both); // a plain end, where Dispose alone would reset the connection
        }
        catch (SocketException)
        {
            // The peer was faster.
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        _socket.Dispose();
        _receiving.Dispose();
        _sending?.Dispose();
    }

    private void Readable()
    {
        Volatile.Write(ref _receiveAsked, 0);
        _events?.OnReadable();
    }

    private void Writable()
    {
        if (_sendWanted)
        {
            _sendWanted = false;
            _events?.OnWritable();
        }
    }

    /// <summary>.NET's own SendFile waits, so that a region goes out in pieces through memory here.</summary>
    private int SendRegion(in ReplySegment region)
    {
        _copied ??= new byte[ReplySegment.CopyBytes];
        var length = region.CopyTo(_copied);
        var sent = _socket.Send(_copied.AsSpan(0, length), SocketFlags.None, out var error);
        return error == SocketError.WouldBlock ? SendInBackground(_copied.AsMemory(0, length))
            : error == SocketError.Success ? sent : throw new IOException(error.ToString());
    }

    private int SendInBackground(Memory<byte> bytes)
    {
        if (_sending is null)
        {
            _sending = new SocketAsyncEventArgs();
            _sending.Completed += (_, _) => SentInBackground();
        }

        _sendBusy = true;
        _sending.SetBuffer(bytes);
        if (!_socket.SendAsync(_sending))
        {
            SentInBackground();
        }

        return bytes.Length; // an error shows at the next send
    }

    private void SentInBackground()
    {
        _sendingSlice.Release();
        _sendingSlice = default;
        _sendBusy = false;
        Writable();
    }
}
