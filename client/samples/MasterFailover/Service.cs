using System.Globalization;
using Actors.Abstractions;
using Actors.Client;
using Actors.Model.Znodes;

namespace MasterFailover;

/// <summary>One of the services that race to be the master. It runs until it is stopped, or killed.</summary>
internal static class Service
{
    private static readonly TimeSpan s_workPeriod = TimeSpan.FromMilliseconds(200);

    public static async Task RunAsync(ActorsClient actors, Payments payments, string address, TimeSpan timeout, CancellationToken stop)
    {
        while (true)
        {
            // A session that is over is not mended: the process begins anew, as one that has just started.
            await using var session = await actors.Tree.OpenSessionAsync(timeout, cancellationToken: stop);
            Say.Line($"{address}: session 0x{session.Id:x}, timeout {session.Timeout.TotalSeconds:0.#} s");
            try
            {
                await PrepareAsync(session, payments);
                while (true)
                {
                    await ServeAsync(session, payments, address, stop);
                }
            }
            catch (TreeSessionExpiredException)
            {
                Say.Line($"{address}: my session is over; I begin anew");
            }
        }
    }

    /// <summary>The tree's fixed part; whoever comes first makes it.</summary>
    private static async Task PrepareAsync(TreeSession session, Payments payments)
    {
        (await session[payments.Slaves].EnsureAsync()).GetValueOrThrow();
        (await session[payments.MasterIp].EnsureAsync()).GetValueOrThrow();
        await session[payments.Shards].CreateTextAsync("customers A-M: shard 1; N-Z: shard 2"); // NodeExists: somebody was first
    }

    private static async Task ServeAsync(TreeSession session, Payments payments, string address, CancellationToken stop)
    {
        await session[payments.Slaves][address].CreateTextAsync(address, CreateMode.Ephemeral, stop);
        Say.Line($"{address}: I stand by");
        await using var master = await session.ElectAsync(payments.Master, address, stop);
        await session[payments.Slaves][address].DeleteAsync(cancellationToken: stop);
        Say.Line($"{address}: I am the master, token {master.FencingToken}");
        if (await Fenced.WriteAsync(session, payments.MasterIp, master.FencingToken, address))
        {
            await WorkAsync(session, payments, address, master, stop);
        }

        Say.Line($"{address}: I am not the master any more");
    }

    /// <summary>A master's work, as long as it surely is one.</summary>
    private static async Task WorkAsync(
        TreeSession session, Payments payments, string address, Mastership master, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, master.Lost);
        try
        {
            for (var payment = 1; ; payment++)
            {
                await Task.Delay(s_workPeriod, either.Token);

                // Whoever books checks the token: an order of a master that was stopped and woke up too late is refused there.
                var order = string.Create(CultureInfo.InvariantCulture, $"{address} payment {payment}");
                if (!await Fenced.WriteAsync(session, payments.Ledger, master.FencingToken, order))
                {
                    Say.Line($"{address}: an order was refused: there is a later master");
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // No longer surely the master.
        }
    }
}

/// <summary>
/// What a master writes for others: the highest token that was seen stands before it, and a lower one is refused. Here it is a znode whose
/// version makes two writes at a time impossible; in earnest it is also a database or another service that keeps the token.
/// </summary>
internal static class Fenced
{
    /// <summary>Writes; false: a later master has been here.</summary>
    public static async Task<bool> WriteAsync(TreeSession session, string path, long token, string text)
    {
        (await session[path].EnsureAsync()).GetValueOrThrow();
        while (true)
        {
            var last = (await session[path].GetAsync()).GetValueOrThrow();
            if (last.Text.Length > 0 && long.Parse(last.Text.Split(' ')[0], CultureInfo.InvariantCulture) > token)
            {
                return false;
            }

            var line = string.Create(CultureInfo.InvariantCulture, $"{token} {text}");
            var written = await session[path].SetTextAsync(line, last.Stat.Version);
            if (written.Error != TreeErrorCode.BadVersion)
            {
                written.GetValueOrThrow();
                return true;
            }
        }
    }
}
