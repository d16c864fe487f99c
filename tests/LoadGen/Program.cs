using System.CommandLine;
using System.Net.Sockets;
using LoadGen.Commands;
using LoadGen.Drivers;
using LoadGen.Protocol;

var root = new RootCommand("Loads any Kafka or ZooKeeper listener with pre-built requests over raw sockets, and says what that cost the server.")
{
    ProduceCommands.Produce(),
    ProduceCommands.Small(),
    ProduceCommands.Bare(),
    CompactCommands.Compact(),
    ConsumeCommands.Fetch(),
    ConsumeCommands.Tail(),
    GroupCommands.Commits(),
    GroupCommands.Rebalance(),
    GroupCommands.IdleGroups(),
    ServerCommands.Latency(),
    ServerCommands.Idle(),
    ServerCommands.Restart(),
    ServerCommands.Retention(),
    ZooKeeperCommands.Tree(),
    ZooKeeperCommands.Watch(),
    ZnodeCommands.Znodes(),
    TreeTableCommands.Table(),
    TreeTableCommands.Large(),
    TableCommand.Table(),
};

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
}
catch (Exception fault)
{
    // What a user can bring about is told in a sentence; anything else is a defect of this tool and comes with its place.
    var told = fault is ArgumentException or IOException or SocketException or ProtocolFault or TimeoutException or LoadFault;
    await Console.Error.WriteLineAsync(Environment.NewLine + (told ? fault.Message : fault.ToString())).ConfigureAwait(false);
    return 1;
}
