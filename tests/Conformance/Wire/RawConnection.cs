using System.Net;
using System.Net.Sockets;
using System.Buffers.Binary;

namespace Conformance.Wire;

/// <summary>One socket to a Kafka address: frames in, frames out, nothing assumed about what is inside.</summary>
public sealed class RawConnection : IDisposable
{
    /// <summary>A frame that claims more than this is a fault of the node, not a reason to allocate.</summary>
    private const int MaxFrameBytes = 256 * 1024 * 1024;

    private readonly Socket _socket;
    private int _correlation;

    private RawConnection(Socket socket) => _socket = socket;

    public Socket Socket => _socket;

    public static async Task<RawConnection> OpenAsync(string bootstrap, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPEndPoint.Parse(bootstrap), cancellation);
            return new RawConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one request with header v1 (or v2 when flexible) and returns the body behind the answer's header.</summary>
    public async Task<WireReader> CallAsync(
        short apiKey, short version, ReadOnlyMemory<byte> body, bool flexibleRequest, bool flexibleResponse, CancellationToken cancellation)
    {
        var correlation = ++_correlation;
        await SendFrameAsync(Request(apiKey, version, correlation, body.Span, flexibleRequest), cancellation);
        var answer = new WireReader(await ReceiveFrameAsync(cancellation) ?? throw new IOException("The connection was closed instead of answered"));
        Assert.Equal(correlation, answer.Int32());
        if (flexibleResponse)
        {
            SkipTags(answer);
        }

        return answer;
    }

    public static byte[] Request(short apiKey, short version, int correlation, ReadOnlySpan<byte> body, bool flexible)
    {
        var request = new WireWriter().Int16(apiKey).Int16(version).Int32(correlation).String("conformance");
        if (flexible)
        {
            request.UnsignedVarint(0);
        }

        return request.Raw(body).ToArray();
    }

    public async Task SendFrameAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation)
    {
        var bytes = new byte[4 + frame.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, frame.Length);
        frame.CopyTo(bytes.AsMemory(4));
        await SendAsync(bytes, cancellation);
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, cancellation)..];
        }
    }

    /// <summary>The next whole frame, or null when the other side closed the connection before it.</summary>
    public async Task<byte[]?> ReceiveFrameAsync(CancellationToken cancellation)
    {
        var header = new byte[4];
        if (!await ReceiveAsync(header, cancellation))
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(header);
        Assert.InRange(length, 4, MaxFrameBytes);
        var frame = new byte[length];
        return await ReceiveAsync(frame, cancellation) ? frame : null;
    }

    public void Dispose() => _socket.Dispose();

    private async Task<bool> ReceiveAsync(Memory<byte> into, CancellationToken cancellation)
    {
        try
        {
            while (!into.IsEmpty)
            {
                var count = await _socket.ReceiveAsync(into, cancellation);
                if (count == 0)
                {
                    return false;
                }

                into = into[count..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false; // reset: closed with bytes of ours unread
        }
    }

    private static void SkipTags(WireReader reader)
    {
        for (var count = reader.UnsignedVarint(); count > 0; count--)
        {
            reader.UnsignedVarint();
            reader.Raw((int)reader.UnsignedVarint());
        }
    }
}
