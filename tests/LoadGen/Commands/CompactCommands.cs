using System.CommandLine;
using LoadGen.Protocol;
using LoadGen.Scenarios;

namespace LoadGen.Commands;

/// <summary><c>compact</c>: how fast a server compacts, and what producers notice of it.</summary>
internal static class CompactCommands
{
    public static Command Compact()
    {
        var command = new Command(
            "compact", "Fills a compacted topic while nothing may be compacted, then lets it be, and times it by cleaner-offset-checkpoint in the "
            + "server's log directory. The server's cleaner is to look often (Actors:Cleaner:BackoffMs, log.cleaner.backoff.ms)");
        var server = new ServerOptions();
        var directory = new Option<DirectoryInfo>("--log-dir") { Description = "The server's log directory", Required = true };
        var megabytes = CommandOptions.Of("--mb", "Dirty log to make, in MB as stored", 1_000);
        var keys = CommandOptions.Of<long>("--keys", "Different keys", 1_000_000);
        var valueBytes = CommandOptions.ValueBytes();
        var codec = CommandOptions.Of("--codec", "None, Gzip, Snappy, Lz4 or Zstd", BatchCodec.None);
        var segmentBytes = CommandOptions.Of("--segment-bytes", "Bytes of a segment", 256 << 20);
        var produceSeconds = CommandOptions.Of("--produce-seconds", "Producers beside it, to another topic, for so long; 0: none", 0.0);
        var connections = CommandOptions.Connections(2);
        server.AddTo(command);
        command.AddAll(directory, megabytes, keys, valueBytes, codec, segmentBytes, produceSeconds, connections);
        command.SetAction(parsed =>
        {
            using var target = server.Open(parsed);
            var shape = new CompactShape
            {
                LogDirectory = parsed.GetRequiredValue(directory).FullName,
                Bytes = parsed.GetValue(megabytes) * 1_000_000L,
                Keys = parsed.GetValue(keys),
                ValueBytes = parsed.GetValue(valueBytes),
                Codec = parsed.GetValue(codec),
                SegmentBytes = parsed.GetValue(segmentBytes),
                ProduceSeconds = parsed.GetValue(produceSeconds),
                Connections = parsed.GetValue(connections),
            };
            CompactScenario.Run(target, shape).ForEach(Console.WriteLine);
        });
        return command;
    }
}
