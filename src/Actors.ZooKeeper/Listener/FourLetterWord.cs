using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Actors.ZooKeeper.Listener;

/// <summary>
/// Words that are sent in place of a handshake and answered with text, in the formats that tools parse (ZooKeeper's administrator's guide,
/// "The Four Letter Words"). A word that is known and not allowed is told so.
/// </summary>
internal static partial class FourLetterWord
{
    private const string ZooKeeperVersion = "3.9.5";
    private static readonly string[] s_known =
        ["conf", "cons", "crst", "dirs", "dump", "envi", "isro", "mntr", "ruok", "srst", "srvr", "stat", "wchc", "wchp", "wchs"];

    /// <summary>ZooKeeper's words that are told to be off whatever the settings allow: its trace mask and its digests are not here.</summary>
    private static readonly string[] s_neverAnswered = ["gtmk", "hash", "stmk"];

    /// <summary>The answer to a word, or null: the bytes are none.</summary>
    public static string? TryAnswer(ReadOnlySpan<byte> bytes, ZooKeeperServices services)
    {
        foreach (var b in bytes)
        {
            if (b is < (byte)'a' or > (byte)'z')
            {
                return null;
            }
        }

        var word = Encoding.ASCII.GetString(bytes);
        var isAnswered = s_known.Contains(word);
        if (!isAnswered && !s_neverAnswered.Contains(word))
        {
            return null;
        }

        if (!isAnswered || !services.Options.FourLetterWords.Any(allowed => allowed == word || allowed == "*"))
        {
            return $"{word} is not executed because it is not in the whitelist.\n";
        }

        return word != "ruok" && !services.Tree.IsServing
            ? "This ZooKeeper instance is not currently serving requests\n"
            : Answer(word, services);
    }

    private static string Answer(string word, ZooKeeperServices services) => word switch
    {
        "ruok" => "imok",
        "isro" => "rw",
        "conf" => Configuration(services),
        "envi" => Environment(),
        "srvr" => Version() + Server(services),
        "stat" => Version() + "Clients:\n" + Clients(services, isFull: false) + "\n" + Server(services),
        "cons" => Clients(services, isFull: true) + "\n",
        "mntr" => Monitor(services),
        "wchs" => WatchSummary(services),
        "wchc" => WatchesBySession(services),
        "wchp" => WatchesByPath(services),
        "dump" => Dump(services),
        "dirs" => DirectorySizes(services),
        "crst" => ResetConnections(services),
        _ => ResetServer(services),
    };

    private static string Version() => $"Zookeeper version: {ZooKeeperVersion}-actors, built on the protocol of {ZooKeeperVersion}\n";

    private static string Server(ZooKeeperServices services)
    {
        var (min, mean, max) = services.Latency.Read();
        var tree = services.Tree.Statistics;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Latency min/avg/max: {min}/{mean:F4}/{max}\n");
        text.Append(CultureInfo.InvariantCulture, $"Received: {Received(services)}\nSent: {services.Latency.Sent}\n");
        text.Append(CultureInfo.InvariantCulture, $"Connections: {services.Connections().OpenCount}\nOutstanding: {Outstanding(services)}\n");
        text.Append(CultureInfo.InvariantCulture, $"Zxid: 0x{services.Tree.LastZxid:x}\nMode: standalone\nNode count: {tree.Znodes}\n");
        return text.ToString();
    }

    private static string Monitor(ZooKeeperServices services)
    {
        var (min, mean, max) = services.Latency.Read();
        var tree = services.Tree.Statistics;
        var text = new StringBuilder();
        void Line(string key, object value) => text.Append(CultureInfo.InvariantCulture, $"zk_{key}\t{value}\n");
        Line("version", ZooKeeperVersion + "-actors");
        Line("server_state", "standalone");
        Line("avg_latency", mean);
        Line("max_latency", max);
        Line("min_latency", min);
        Line("packets_received", Received(services));
        Line("packets_sent", services.Latency.Sent);
        Line("num_alive_connections", services.Connections().OpenCount);
        Line("outstanding_requests", Outstanding(services));
        Line("znode_count", tree.Znodes);
        Line("watch_count", tree.Watches);
        Line("ephemerals_count", tree.Ephemerals);
        Line("approximate_data_size", tree.DataBytes);
        Line("global_sessions", tree.Sessions);
        Line("uptime", (long)(services.Time.GetUtcNow() - services.Since).TotalMilliseconds);
        return text.ToString();
    }

    private static string Configuration(ZooKeeperServices services)
    {
        var options = services.Options;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"clientPort={services.Port()}\ntickTime={options.TickTimeMs}\nmaxClientCnxns={options.Net.MaxConnectionsPerAddress}\n"
                + $"minSessionTimeout={options.MinSessionTimeoutMs}\nmaxSessionTimeout={options.MaxSessionTimeoutMs}\nserverId=0\n");
    }

    private static string Environment() =>
        $"Environment:\nzookeeper.version={ZooKeeperVersion}-actors\nhost.name={System.Environment.MachineName}\n"
            + $"os.name={RuntimeInformation.OSDescription}\nos.arch={RuntimeInformation.OSArchitecture}\nruntime={RuntimeInformation.FrameworkDescription}\n";

    private static long Received(ZooKeeperServices services) => services.Latency.Received(services.Connections().RequestCount);

    private static long Outstanding(ZooKeeperServices services) => Math.Max(0, services.Connections().RequestCount - services.Latency.Count);
}
