using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Conformance.Fixtures;

/// <summary>
/// Ports for processes that come back on the address they had. They lie below the kernel's ephemeral range: a client that keeps
/// dialling a dead port inside that range sooner or later connects to itself and keeps the port taken.
/// </summary>
public static class FreePort
{
    private const int First = 21_000;
    private const int Count = 8_000;

    private static int _next = (int)((uint)Environment.ProcessId * 131 % Count);

    public static int Take()
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(e => e.Port).ToHashSet();
        for (var attempt = 0; attempt < Count; attempt++)
        {
            var port = First + ((Interlocked.Increment(ref _next) & int.MaxValue) % Count);
            if (!taken.Contains(port) && CanBind(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No free port between {First} and {First + Count}");
    }

    private static bool CanBind(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
