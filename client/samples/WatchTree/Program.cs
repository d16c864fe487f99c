using Actors.Abstractions;
using Actors.Client;

// dotnet run --project client/samples/WatchTree -- --gateway 127.0.0.1:30000 --path /payments
// Prints what happens to a znode and all below it, until it is stopped.
var gateway = Argument("--gateway", $"127.0.0.1:{ActorsCluster.DefaultGatewayPort}");
var path = Argument("--path", "/");
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

await using var actors = await ActorsClient.ConnectAsync(gateway, cancellationToken: stop.Token);
ZnodeEventToken? last = null;
try
{
    while (true)
    {
        try
        {
            // A silo that dies is no end: the enumeration goes on at another one, or at the same one when it is back, from the last event.
            await foreach (var change in actors.WatchAsync(
                path, recursive: true, since: last, onWatching: zxid => Console.WriteLine($"watching from 0x{zxid:x}"), stop.Token))
            {
                last = change.Token;
                Console.WriteLine($"{change.Type} {change.Path}");
            }
        }
        catch (WatchTooOldException e)
        {
            // Whatever was kept of the tree has to be read again here.
            Console.WriteLine($"too old: {e.Reason}");
            last = e.Token;
        }
    }
}
catch (OperationCanceledException)
{
    return 0;
}

string Argument(string option, string otherwise)
{
    var at = Array.IndexOf(args, option);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
}
