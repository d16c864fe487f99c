using System.Net;
using System.Net.Sockets;
using LoadGen.Protocol;
using LoadGen.ZooKeeper;

namespace LoadGen.Peers;

/// <summary>Servers of ZooKeeper's protocol that this tool starts: a silo of ours, or Apache ZooKeeper. Both sync what they acknowledge.</summary>
internal static class TreePeers
{
    /// <summary>Name of a silo among the peers.</summary>
    public const string SiloName = "Actors";

    /// <summary>A silo from its built DLL, whose other listeners are off or on free ports.</summary>
    public static ProcessPeer Silo(string dll, int port, string extraArguments) => new(
        SiloName,
        port,
        $"dotnet '{dll}' --Actors:DataDirectory={{data}} --Actors:ZooKeeper:Port={{port}} --Actors:ZooKeeper:MaxConnectionsPerAddress=0"
            + " --Actors:Kafka:Port=-1 --Actors:Dashboard:Port=-1 --Actors:Silo:Port=0 --Actors:Silo:GatewayPort=0 --Actors:Replication:Port=0 "
            + extraArguments,
        readyLine: "ready ");

    /// <summary>Apache ZooKeeper through a launcher script: <c>SCRIPT start DATADIR PORT</c>, which prints the server's process id.</summary>
    public static ProcessPeer ZooKeeper(string script, int port) =>
        new("Apache ZooKeeper", port, $"'{script}' start {{data}} {{port}}", readyLine: null) { Serves = OpensSessions };

    /// <summary>How long a server that is starting may take to open a session: an Apache ZooKeeper takes connections that it never answers.</summary>
    private const int FirstReplyTimeoutMs = 500;

    private static bool OpensSessions(IPEndPoint address)
    {
        try
        {
            TreeConnection.Open(address, FirstReplyTimeoutMs).Dispose();
            return true;
        }
        catch (Exception e) when (e is SocketException or IOException or ProtocolFault or TimeoutException)
        {
            return false; // not yet
        }
    }
}
