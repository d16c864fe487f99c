using System.Globalization;
using System.Text;
using Actors.Model.Ports;

namespace Actors.ZooKeeper.Listener;

/// <summary>
/// The words that list, and the two that reset. Off unless the settings name them: their answers grow with what they list, up to
/// <see cref="ZooKeeperListenerOptions.MaxListedEntries"/>.
/// </summary>
internal static partial class FourLetterWord
{
    private static string WatchSummary(ZooKeeperServices services)
    {
        var tree = services.Tree.Statistics;
        var watching = 0;
        foreach (var session in services.Tree.ListSessions(long.MinValue, services.Options.MaxListedEntries))
        {
            watching += session.WatchedPaths > 0 ? 1 : 0;
        }

        return string.Create(
            CultureInfo.InvariantCulture, $"{watching} connections watching {tree.WatchedPaths} paths\nTotal watches:{tree.Watches}\n");
    }

    /// <summary>Each session that watches, then its paths, a tab before each.</summary>
    private static string WatchesBySession(ZooKeeperServices services)
    {
        var text = new StringBuilder();
        var left = services.Options.MaxListedEntries;
        foreach (var session in services.Tree.ListSessions(long.MinValue, left))
        {
            if (session.WatchedPaths > 0 && left > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"0x{session.Id:x}\n");
                foreach (var path in services.Tree.ListWatchesOf(session.Id, left))
                {
                    text.Append('\t').Append(Encoding.UTF8.GetString(path)).Append('\n');
                    left--;
                }
            }
        }

        return text.Append('\n').ToString();
    }

    /// <summary>Each watched path, then the sessions that watch it, a tab before each.</summary>
    private static string WatchesByPath(ZooKeeperServices services)
    {
        var text = new StringBuilder();
        var left = services.Options.MaxListedEntries;
        foreach (var watched in services.Tree.ListWatches(left, left))
        {
            var sessions = watched.Watchers.Select(w => w.SessionId).Where(id => id != 0).Distinct().Order().ToArray();
            if (sessions.Length > 0 && left > 0)
            {
                text.Append(Encoding.UTF8.GetString(watched.Path)).Append('\n');
                foreach (var session in sessions)
                {
                    text.Append(CultureInfo.InvariantCulture, $"\t0x{session:x}\n");
                }

                left -= sessions.Length;
            }
        }

        return text.Append('\n').ToString();
    }

    /// <summary>Sessions by the tick in which they would expire, ephemeral znodes by session, connections likewise.</summary>
    private static string Dump(ZooKeeperServices services)
    {
        var sessions = services.Tree.ListSessions(long.MinValue, services.Options.MaxListedEntries);
        var bySession = sessions.ToDictionary(s => s.Id);
        var text = new StringBuilder("SessionTracker dump:\n");
        AppendSets(text, "Session", services, sessions, s => Remaining(s), s => $"\t0x{s.Id:x}\n");
        var owners = sessions.Where(s => s.Ephemerals > 0).ToArray();
        text.Append(CultureInfo.InvariantCulture, $"ephemeral nodes dump:\nSessions with Ephemerals ({owners.Length}):\n");
        var left = services.Options.MaxListedEntries;
        foreach (var owner in owners)
        {
            text.Append(CultureInfo.InvariantCulture, $"0x{owner.Id:x}:\n");
            foreach (var path in services.Tree.ListEphemerals(owner.Id, left))
            {
                text.Append('\t').Append(Encoding.UTF8.GetString(path)).Append('\n');
                left--;
            }
        }

        text.Append("Connections dump:\n");
        var connections = services.Connections().Open.OfType<ZooKeeperConnection>().ToArray();
        AppendSets(
            text, "Connections", services, connections,
            c => bySession.TryGetValue(c.SessionId, out var session) ? Remaining(session) : services.Options.Net.FirstBytesMs,
            c => $"\tip: /{c.Remote} sessionId: 0x{c.SessionId:x}\n");
        return text.ToString();

        static long Remaining(TreeSessionDescription session) => Math.Max(0, session.TimeoutMs - session.SilentMs);
    }

    private static void AppendSets<T>(
        StringBuilder text, string name, ZooKeeperServices services, IReadOnlyCollection<T> all, Func<T, long> remainingMs, Func<T, string> line)
    {
        var tickMs = services.Options.TickTimeMs;
        var nowMs = services.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var sets = all.GroupBy(one => (((nowMs + remainingMs(one)) / tickMs) + 1) * tickMs).OrderBy(set => set.Key).ToArray();
        text.Append(CultureInfo.InvariantCulture, $"{name} Sets ({sets.Length})/({all.Count}):\n");
        foreach (var set in sets)
        {
            var at = DateTimeOffset.FromUnixTimeMilliseconds(set.Key).ToString("ddd MMM dd HH:mm:ss 'UTC' yyyy", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{set.Count()} expire at {at}:\n");
            foreach (var one in set)
            {
                text.Append(line(one));
            }
        }
    }

    private static string Clients(ZooKeeperServices services, bool isFull)
    {
        var text = new StringBuilder();
        foreach (var client in services.Connections().Open.OfType<ZooKeeperConnection>())
        {
            var did = client.Activity;
            var isOpen = client.SessionId != 0;
            text.Append(CultureInfo.InvariantCulture, $" /{client.Remote}[{(isOpen ? 1 : 0)}](queued={client.Outstanding},");
            text.Append(CultureInfo.InvariantCulture, $"recved={client.Received},sent={did.Sent}");
            if (isFull && isOpen)
            {
                text.Append(CultureInfo.InvariantCulture, $",sid=0x{client.SessionId:x},lop={ConnectionActivity.NameOf(did.LastOperation)}");
                text.Append(CultureInfo.InvariantCulture, $",est={client.Since.ToUnixTimeMilliseconds()},to={client.TimeoutMs}");
                text.Append(did.LastXid < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $",lcxid=0x{did.LastXid:x}"));
                text.Append(CultureInfo.InvariantCulture, $",lzxid=0x{did.LastZxid:x}");
                text.Append(CultureInfo.InvariantCulture, $",lresp={did.LastReplyMs},llat={did.LastMs}");
                text.Append(CultureInfo.InvariantCulture, $",minlat={did.LeastMs},avglat={did.MeanMs},maxlat={did.GreatestMs}");
            }

            text.Append(")\n");
        }

        return text.ToString();
    }

    private static string DirectorySizes(ZooKeeperServices services)
    {
        var (snapshots, logs) = services.Options.DirectorySizes?.Invoke() ?? default;
        return string.Create(CultureInfo.InvariantCulture, $"datadir_size: {snapshots}\nlogdir_size: {logs}\n");
    }

    private static string ResetConnections(ZooKeeperServices services)
    {
        foreach (var client in services.Connections().Open.OfType<ZooKeeperConnection>())
        {
            client.ResetActivity();
        }

        return "Connection stats reset.\n";
    }

    private static string ResetServer(ZooKeeperServices services)
    {
        services.Latency.Reset(services.Connections().RequestCount);
        return "Server stats reset.\n";
    }
}
