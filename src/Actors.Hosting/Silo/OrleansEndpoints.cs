using System.Net;
using System.Net.Sockets;
using Actors.Hosting.Configuration;

namespace Actors.Hosting.Silo;

/// <summary>Orleans' two ports. Orleans takes 0 for "none", so free ports are found here.</summary>
/// <param name="Bind">Address to bind.</param>
/// <param name="Advertised">Address that others are told.</param>
/// <param name="SiloPort">Between silos.</param>
/// <param name="GatewayPort">For clients.</param>
internal sealed record OrleansEndpoints(IPAddress Bind, IPAddress Advertised, int SiloPort, int GatewayPort)
{
    /// <summary>Finds the ports.</summary>
    /// <exception cref="StartRefusedException">A port is taken.</exception>
    public static OrleansEndpoints Choose(ActorsOptions options)
    {
        var bind = ListenAddress.Parse(options.Listen);
        // Both are held until both are known, so that two free ports differ.
        using var silo = Try(bind, options.Silo.Port, "Actors:Silo:Port");
        using var gateway = Try(bind, options.Silo.GatewayPort, "Actors:Silo:GatewayPort");
        return new OrleansEndpoints(bind, ListenAddress.ForOrleans(options), PortOf(silo), PortOf(gateway));
    }

    private static Socket Try(IPAddress address, int port, string key)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // A port that a previous process left in TIME_WAIT is free, as it is for the listener that follows.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw PortTaken.Refusal(key, address, port, e);
        }
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
