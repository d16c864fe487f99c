using System.Globalization;
using Actors.Abstractions;
using Actors.Client;
using MasterFailover;

// The lecture's example, in three terminals:
//   dotnet run --project client/samples/MasterFailover -- service 10.0.0.7
//   dotnet run --project client/samples/MasterFailover -- service 10.0.0.8
//   dotnet run --project client/samples/MasterFailover -- watcher
// Then kill the master (kill -9, or Ctrl-C for a polite end) and see the other one take over.
// More: --gateway HOST:PORT (127.0.0.1:30000), --timeout SECONDS of a session (6), --root PATH (/payments).
if (args.Length == 0 || args[0] is not ("service" or "watcher") || (args[0] == "service" && args.Length < 2))
{
    Console.Error.WriteLine("usage: MasterFailover service ADDRESS | watcher  [--gateway HOST:PORT] [--timeout SECONDS] [--root PATH]");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

var gateway = Argument("--gateway", $"127.0.0.1:{ActorsCluster.DefaultGatewayPort}");
var timeout = TimeSpan.FromSeconds(double.Parse(Argument("--timeout", "6"), CultureInfo.InvariantCulture));
var payments = new Payments(Argument("--root", "/payments"));
await using var actors = await ActorsClient.ConnectAsync(gateway, cancellationToken: stop.Token);
try
{
    await (args[0] == "service"
        ? Service.RunAsync(actors, payments, args[1], timeout, stop.Token)
        : Watcher.RunAsync(actors, payments, stop.Token));
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Say.Line("stopped");
}

return 0;

string Argument(string option, string otherwise)
{
    var at = Array.IndexOf(args, option);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
}
