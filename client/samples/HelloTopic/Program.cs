using System.Globalization;
using System.Text;
using Actors.Abstractions;
using Actors.Client;

// dotnet run --project client/samples/HelloTopic -- --gateway 127.0.0.1:30000 --topic hello
// Reads what it appended; --from OFFSET and --count N read something else.
var gateway = Argument("--gateway", $"127.0.0.1:{ActorsCluster.DefaultGatewayPort}");
var name = Argument("--topic", "hello");
const int RecordCount = 10;
using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));

await using var client = await ActorsClient.ConnectAsync(gateway, cancellationToken: deadline.Token);
var topic = client.Topic(name);
var created = await topic.EnsureCreatedAsync(new TopicSpec { PartitionCount = 1 }, deadline.Token);
Console.WriteLine($"topic {created.Name}, id {created.TopicId}, {created.Partitions.Length} partition(s)");

var first = -1L;
for (var i = 0; i < RecordCount; i++)
{
    // Durable once this completes: a kill -9 of the silo does not lose it.
    var appended = await topic.AppendTextAsync(key: "greeting", value: $"hello {i}", deadline.Token);
    first = first < 0 ? appended.Offset : first;
    Console.WriteLine($"appended {appended.Partition}@{appended.Offset}");
}

var read = 0;
var partition = KeyPartitioner.Partition("greeting"u8, created.Partitions.Length);
var from = long.Parse(Argument("--from", $"{first}"), CultureInfo.InvariantCulture);
var count = int.Parse(Argument("--count", $"{RecordCount}"), CultureInfo.InvariantCulture);
await foreach (var record in topic.TailPartitionAsync(partition, from, deadline.Token))
{
    Console.WriteLine($"read {partition}@{record.Offset} {Text(record.Key)}={Text(record.Value)}");
    if (++read == count)
    {
        break;
    }
}

return 0;

string Argument(string option, string otherwise)
{
    var at = Array.IndexOf(args, option);
    return at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
}

static string Text(ReadOnlyMemory<byte>? bytes) => bytes is { } b ? Encoding.UTF8.GetString(b.Span) : "(none)";
