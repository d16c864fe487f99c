using LoadGen.Protocol;
using LoadGen.Report;

namespace LoadGen.Peers;

/// <summary>A server this tool can start, kill and start again.</summary>
internal abstract class Peer(string name, int port)
{
    public string Name { get; } = name;

    protected int Port { get; } = port;

    /// <summary>Settings a topic needs so that an acknowledgement means synced; none where that is the default.</summary>
    public abstract IReadOnlyDictionary<string, string> DurableConfigs { get; }

    /// <summary>Starts the server on a data directory and returns when it serves.</summary>
    public abstract RunningServer Start(string dataDirectory, ProgressLine progress);

    /// <summary>Whether a fresh connection gets a Metadata answer now.</summary>
    protected static bool Answers(System.Net.IPEndPoint address)
    {
        try
        {
            using var admin = new TopicAdmin(address);
            admin.CountLeaders("loadgen-is-it-there");
            return true;
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or IOException or ProtocolFault or TimeoutException)
        {
            return false; // not yet
        }
    }
}
