using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Conformance.Hostile;

/// <summary>
/// Stands between real clients and the node and keeps each request frame it passes on. It listens on another loopback address with the
/// node's own port; the node advertises that address, so that clients also come through here once they know it.
/// </summary>
public sealed class RecordingProxy : IAsyncDisposable
{
    /// <summary>More frames teach nothing new and cost memory.</summary>
    private const int MaxFrames = 5_000;

    /// <summary>Longer ones are mostly records; the start of a frame is what is parsed.</summary>
    private const int MaxFrameBytes = 64 * 1024;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly IPEndPoint _target;
    private readonly List<byte[]> _frames = [];
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;

    public RecordingProxy(IPAddress address, IPEndPoint target)
    {
        _target = target;
        _listener.Bind(new IPEndPoint(address, target.Port));
        _listener.Listen(512);
        _accepting = AcceptAsync();
    }

    /// <summary>What was recorded so far, without the length in front.</summary>
    public byte[][] Frames
    {
        get
        {
            lock (_frames)
            {
                return [.. _frames];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // stopped
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        {
            using var node = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await node.ConnectAsync(_target, _stop.Token);
                await Task.WhenAny(RecordAsync(client, node), PassAsync(node, client));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // one side is gone: so is the other
            }
        }
    }

    private async Task RecordAsync(Socket client, Socket node)
    {
        var header = new byte[4];
        while (await FillAsync(client, header))
        {
            var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(header)];
            if (!await FillAsync(client, frame))
            {
                return;
            }

            Keep(frame);
            await SendAsync(node, header);
            await SendAsync(node, frame);
        }
    }

    private void Keep(byte[] frame)
    {
        lock (_frames)
        {
            if (frame.Length <= MaxFrameBytes && _frames.Count < MaxFrames)
            {
                _frames.Add(frame);
            }
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        for (var count = 1; count > 0;)
        {
            count = await from.ReceiveAsync(buffer, _stop.Token);
            await SendAsync(to, buffer.AsMemory(0, count));
        }
    }

    private async Task<bool> FillAsync(Socket socket, Memory<byte> into)
    {
        while (!into.IsEmpty)
        {
            var count = await socket.ReceiveAsync(into, _stop.Token);
            if (count == 0)
            {
                return false;
            }

            into = into[count..];
        }

        return true;
    }

    private async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, _stop.Token)..];
        }
    }
}
