using System.Globalization;
using Actors.Abstractions;
using Actors.Client;
using Actors.Model.Znodes;

namespace MasterFailover;

/// <summary>A client of the service: it follows where the master is and switches over. It needs no session: it only reads.</summary>
internal static class Watcher
{
    public static async Task RunAsync(ActorsClient actors, Payments payments, CancellationToken stop)
    {
        (await actors.Tree[payments.MasterIp].EnsureAsync(stop)).GetValueOrThrow();
        var shards = await actors.Tree[payments.Shards].GetAsync(stop);
        Say.Line($"watcher: shards are \"{shards.Value?.Text}\"");
        var connected = "";
        var since = 0L;
        var highest = 0L;
        while (true)
        {
            // Read first, then follow from what was read: nothing falls in between, also when a silo dies meanwhile.
            (connected, since) = await LookAsync(actors, payments, connected, stop);
            try
            {
                await foreach (var change in actors.WatchAsync(
                    payments.Root, recursive: true, ZnodeEventToken.After(since), cancellationToken: stop))
                {
                    if (change.Path == payments.Master && change.Type == WatchEventType.Deleted)
                    {
                        Say.Line("watcher: the master is gone");
                    }
                    else if (change.Path == payments.MasterIp)
                    {
                        (connected, _) = await LookAsync(actors, payments, connected, stop);
                    }
                    else if (change.Path == payments.Ledger)
                    {
                        highest = await CheckOrderAsync(actors, payments, highest, stop);
                    }
                }
            }
            catch (WatchTooOldException e)
            {
                Say.Line($"watcher: changes may have been missed ({e.Reason}); I read again");
            }
        }
    }

    /// <summary>The last order is never one of a master before the one whose order was seen already.</summary>
    private static async Task<long> CheckOrderAsync(ActorsClient actors, Payments payments, long highest, CancellationToken stop)
    {
        var order = (await actors.Tree[payments.Ledger].GetAsync(stop)).GetValueOrThrow().Text;
        var token = order.Length == 0 ? 0 : long.Parse(order.Split(' ')[0], CultureInfo.InvariantCulture);
        if (token < highest)
        {
            Say.Line($"watcher: two masters! \"{order}\" came behind token {highest}");
        }
        else if (token > highest)
        {
            Say.Line($"watcher: the first order with token {token}");
        }

        return Math.Max(token, highest);
    }

    private static async Task<(string Connected, long Zxid)> LookAsync(
        ActorsClient actors, Payments payments, string connected, CancellationToken stop)
    {
        var read = await actors.Tree[payments.MasterIp].GetAsync(stop);
        var now = read.GetValueOrThrow().Text;
        if (now.Length == 0)
        {
            Say.Line("watcher: there is no master yet");
        }
        else if (now != connected)
        {
            var words = now.Split(' '); // token, address
            var what = connected.Length == 0 ? "the master is" : "switched over to";
            Say.Line($"watcher: {what} {words[1]}, token {words[0]}");
        }

        return (now, read.Zxid);
    }
}
