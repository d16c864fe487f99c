using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LoadGen.Platform;

/// <summary>A connected TCP socket used with plain blocking system calls: nothing between the loop and the kernel.</summary>
internal sealed unsafe class BlockingSocket : IDisposable
{
    private readonly Socket _socket;

    private BlockingSocket(Socket socket)
    {
        _socket = socket;
        Fd = (int)socket.SafeHandle.DangerousGetHandle();
    }

    public int Fd { get; }

    /// <summary>Connects without Nagle's delay. A call that blocks longer than the timeout fails.</summary>
    public static BlockingSocket Connect(EndPoint address, int timeoutMs)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true, ReceiveTimeout = timeoutMs, SendTimeout = timeoutMs,
        };
        try
        {
            socket.Connect(address);
            return new BlockingSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Takes over an accepted socket.</summary>
    public static BlockingSocket Own(Socket accepted)
    {
        accepted.NoDelay = true;
        return new BlockingSocket(accepted);
    }

    public void SendAll(byte* bytes, int length)
    {
        for (var at = 0; at < length;)
        {
            var sent = Libc.Send(Fd, bytes + at, (nuint)(length - at), Libc.SendNoSignal);
            if (sent >= 0)
            {
                at += (int)sent;
                continue;
            }

            ThrowUnlessInterrupted("send");
        }
    }

    /// <summary>Receives what is there, at least one byte; 0 when the peer has closed.</summary>
    public int Receive(byte* target, int capacity, int flags = 0)
    {
        while (true)
        {
            var received = Libc.Receive(Fd, target, (nuint)capacity, flags);
            if (received >= 0)
            {
                return (int)received;
            }

            ThrowUnlessInterrupted("receive");
        }
    }

    /// <summary>Receives exactly so many bytes; false when the peer closed before the first.</summary>
    public bool ReceiveExactly(byte* target, int length)
    {
        for (var at = 0; at < length;)
        {
            var received = Receive(target + at, length - at, Libc.ReceiveWaitAll);
            if (received == 0)
            {
                return at == 0
                    ? false
                    : throw new IOException($"the peer closed the connection {length - at} bytes before the end of a frame");
            }

            at += received;
        }

        return true;
    }

    /// <summary>Wakes a thread that is blocked on this socket; closing alone would not.</summary>
    public void Break()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // gone already, which is what was asked for
        }
    }

    public void Dispose() => _socket.Dispose();

    private static void ThrowUnlessInterrupted(string call)
    {
        var errno = Marshal.GetLastPInvokeError();
        if (errno == Libc.ErrnoAgain)
        {
            throw new TimeoutException($"the server let a {call} wait for longer than the time-out");
        }

        if (errno != Libc.ErrnoIntr)
        {
            throw new IOException($"{call}: {new Win32Exception(errno).Message}");
        }
    }
}
