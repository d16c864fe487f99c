using System.Buffers;
using System.Net;

namespace Actors.Net.Transports;

/// <summary>
/// A byte stream inside the process: whole listeners run over it with exact bytes. <see cref="Client"/> is the other end.
/// </summary>
public sealed class InMemoryTransport : ITransport
{
    private readonly InMemoryPipe _toServer = new(int.MaxValue);
    private readonly InMemoryPipe _toClient;
    private ITransportEvents? _events;

    /// <summary>A pair of ends; <paramref name="clientWindowBytes"/> is what the client's side takes before it reads.</summary>
    public InMemoryTransport(int clientWindowBytes = 1 << 20, IPEndPoint? remote = null)
    {
        _toClient = new InMemoryPipe(clientWindowBytes);
        Remote = remote ?? new IPEndPoint(IPAddress.Loopback, 50_000);
        Client = new InMemoryClient(_toServer, _toClient);
    }

    /// <summary>The peer's end.</summary>
    public InMemoryClient Client { get; }

    /// <inheritdoc/>
    public IPEndPoint? Remote { get; }

    /// <inheritdoc/>
    public IPEndPoint? Local { get; } = new(IPAddress.Loopback, 9092);

    /// <inheritdoc/>
    public void Start(ITransportEvents events) => _events = events;

    /// <inheritdoc/>
    public int Receive(Span<byte> into) => _toServer.Read(into);

    /// <inheritdoc/>
    public int Send(ReadOnlySpan<ReplySegment> segments)
    {
        var sent = 0;
        foreach (ref readonly var segment in segments)
        {
            if (segment.IsRegion && sent > 0)
            {
                break;
            }

            var (offered, taken) = segment.IsRegion ? WriteRegion(segment) : (segment.LengthBytes, _toClient.Write(segment.Span));
            sent += Math.Max(taken, 0);
            if (taken < offered || offered < segment.LengthBytes)
            {
                break;
            }
        }

        return sent == 0 ? ITransport.WouldBlock : sent;
    }

    /// <inheritdoc/>
    public void WantReadable() => _toServer.OnceReadable(() => _events?.OnReadable());

    /// <inheritdoc/>
    public void WantWritable() => _toClient.OnceWritable(() => _events?.OnWritable());

    /// <inheritdoc/>
    public void Schedule(IThreadPoolWorkItem connection) => ThreadPool.UnsafeQueueUserWorkItem(connection, preferLocal: false);

    /// <inheritdoc/>
    public void Close()
    {
        _toServer.Break();
        _toClient.End();
    }

    private (int Offered, int Taken) WriteRegion(in ReplySegment region)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReplySegment.CopyBytes);
        try
        {
            var length = region.CopyTo(buffer);
            return (length, _toClient.Write(buffer.AsSpan(0, length)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>The peer's end of an <see cref="InMemoryTransport"/>.</summary>
public sealed class InMemoryClient
{
    private readonly InMemoryPipe _out;
    private readonly InMemoryPipe _in;

    internal InMemoryClient(InMemoryPipe toServer, InMemoryPipe toClient)
    {
        _out = toServer;
        _in = toClient;
    }

    /// <summary>Sends bytes; never waits.</summary>
    public void Send(ReadOnlySpan<byte> bytes) => _out.Write(bytes);

    /// <summary>Sends no more: the server reads the end.</summary>
    public void CloseSending() => _out.End();

    /// <summary>Breaks the connection: the server's next receive and send fail.</summary>
    public void Abort()
    {
        _out.Break();
        _in.Break();
    }

    /// <summary>Bytes that have arrived and are not read yet.</summary>
    public int ReceivedBytes => _in.Length;

    /// <summary>Fills <paramref name="into"/>.</summary>
    /// <exception cref="EndOfStreamException">The server closed before.</exception>
    public async Task ReceiveExactlyAsync(Memory<byte> into, CancellationToken cancellationToken = default)
    {
        while (!into.IsEmpty)
        {
            var read = _in.Read(into.Span);
            if (read == 0)
            {
                throw new EndOfStreamException("The server closed the connection.");
            }

            if (read > 0)
            {
                into = into[read..];
                continue;
            }

            var readable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _in.OnceReadable(readable.SetResult);
            await readable.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the server has closed; what it sent before is thrown away.</summary>
    public async Task WaitForCloseAsync(CancellationToken cancellationToken = default)
    {
        var one = new byte[4096];
        try
        {
            while (true)
            {
                await ReceiveExactlyAsync(one.AsMemory(0, 1), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (EndOfStreamException)
        {
            // That is what was waited for.
        }
        catch (IOException)
        {
            // So is a broken connection.
        }
    }
}
