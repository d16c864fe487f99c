using System.CommandLine;
using LoadGen.Commands;

var root = new RootCommand("Loads any Kafka listener with pre-built record batches over raw sockets, and says what that cost the server.")
{
    ProduceCommands.Produce(),
    ProduceCommands.Small(),
    ProduceCommands.Bare(),
    ConsumeCommands.Fetch(),
    ServerCommands.Latency(),
    ServerCommands.Idle(),
    ServerCommands.Restart(),
    TableCommand.Table(),
};

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }).ConfigureAwait(false);
}
catch (Exception fault)
{
    await Console.Error.WriteLineAsync(Environment.NewLine + fault).ConfigureAwait(false);
    return 1;
}
