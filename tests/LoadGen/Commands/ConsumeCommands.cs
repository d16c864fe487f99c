using System.CommandLine;
using LoadGen.Drivers;
using LoadGen.Report;
using LoadGen.Scenarios;

namespace LoadGen.Commands;

/// <summary><c>fetch</c>: consuming from the page cache or, with <c>--tail</c>, beside a producer.</summary>
internal static class ConsumeCommands
{
    public static Command Fetch()
    {
        var command = new Command("fetch", "Fetches from the page cache (the data is produced first), or at the log's end with --tail");
        var server = new ServerOptions();
        var shapes = new ShapeOptions(new ProduceShape { Name = "data", Connections = 4 }, new LoadBudget { WarmUpSeconds = 2 });
        var maxBytes = CommandOptions.Of<int>("--fetch-bytes", "Bytes asked for per fetch", 1 << 20);
        var dataGb = CommandOptions.Of<double>("--data-gb", "GB to produce first, over all partitions", 1);
        var verify = new Option<bool>("--verify-crc") { Description = "Check the CRC of every batch (costs client CPU)" };
        var tail = new Option<bool>("--tail") { Description = "Consume at the log's end while producing at --rate-mb" };
        var rate = CommandOptions.Of<double>("--rate-mb", "MB/s produced in all with --tail", 300);
        var version = new Option<short>("--fetch-version") { Description = "4 to 12; 0: the greatest both sides know" };
        server.AddTo(command);
        shapes.AddTo(command);
        command.AddAll(maxBytes, dataGb, verify, tail, rate, version);
        command.SetAction(parsed =>
        {
            using var target = server.Open(parsed);
            var data = shapes.Shape(parsed, "data");
            var shape = new FetchShape
            {
                Name = "fetch",
                Connections = data.Connections,
                MaxBytes = parsed.GetValue(maxBytes),
                DataBytes = (long)(parsed.GetValue(dataGb) * 1e9),
                TailBytesPerSecond = (long)(parsed.GetValue(rate) * 1e6),
                VerifyCrc = parsed.GetValue(verify),
                Version = parsed.GetValue(version),
                Data = data,
            };
            var budget = shapes.Budget(parsed, data);
            if (parsed.GetValue(tail))
            {
                var result = FetchScenario.RunTail(target, shape, budget);
                ConsoleReport.Write([result.Alone, result.Produced, result.Consumed]);
                Console.WriteLine(FormattableString.Invariant(
                    $"consuming at the tail cost the server {result.ConsumeCpuPerGigabyte:N3} CPU s per GB"));
            }
            else
            {
                ConsoleReport.Write([FetchScenario.Run(target, shape, budget)]);
            }
        });
        return command;
    }

    public static Command Tail()
    {
        var command = new Command("tail", "Consumers that wait at a log's end by long poll: for nothing, or with --rate each for the same record");
        var server = new ServerOptions();
        var consumers = CommandOptions.Of<int>("--consumers", "Consumers, each on a connection of its own", 1_000);
        var maxWait = CommandOptions.Of<int>("--max-wait-ms", "A poll's longest wait: fetch.max.wait.ms", 500);
        var rate = new Option<double>("--rate") { Description = "Records appended per second; 0: none" };
        var seconds = CommandOptions.Seconds(10);
        var warmUp = CommandOptions.WarmUp(3);
        var alone = CommandOptions.Of<double>("--alone-seconds", "The server without them, measured before and after", 10);
        server.AddTo(command);
        command.AddAll(consumers, maxWait, rate, seconds, warmUp, alone);
        command.SetAction(parsed =>
        {
            using var target = server.Open(parsed);
            ConsoleReport.Write([TailConsumersScenario.Run(
                target, parsed.GetValue(consumers), parsed.GetValue(maxWait), parsed.GetValue(rate),
                new RunLength(parsed.GetValue(warmUp), parsed.GetValue(seconds)), parsed.GetValue(alone))]);
        });
        return command;
    }
}
