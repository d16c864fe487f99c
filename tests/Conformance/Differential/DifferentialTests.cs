using System.Text.Json.Nodes;
using Conformance.Fixtures;
using Conformance.JavaTools;
using Conformance.Wire;

namespace Conformance.Differential;

/// <summary>The same requests to a real Apache Kafka and to us, in every version that both list; the answers are compared field by field.</summary>
public sealed class DifferentialTests(ITestOutputHelper output) : IDisposable
{
    public const int Records = 10;
    public const long FirstTimestamp = 1_700_000_000_000;

    private readonly TempFolder _folder = new("differential");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = 600_000)]
    public async Task Both_give_the_same_answers_but_for_what_is_allowed_to_differ()
    {
        KafkaHome.Require();
        var schemas = MessageSchema.ReadAll(KafkaHome.Libraries);
        var port = FreePort.Take();
        (await KafkaHome.RunAsync(null, "start", _folder.File("kafka"), $"{port}")).Succeeded();
        try
        {
            await using var node = new NodeUnderTest();
            await node.InitializeAsync();
            using var theirs = new KafkaSide("Kafka", $"127.0.0.1:{port}", schemas);
            using var ours = new KafkaSide("ours", node.Bootstrap, schemas);
            await PrepareAsync(theirs);
            await PrepareAsync(ours);
            var report = await CompareAsync(theirs, ours);
            Assert.True(report.Length == 0, report);
        }
        finally
        {
            await KafkaHome.StopAsync(_folder.File("kafka"));
        }
    }

    public void Dispose() => _folder.Dispose();

    private static async Task PrepareAsync(KafkaSide side)
    {
        await side.OpenAsync(Cancellation);
        await ReadyForProducersAsync(side);
        await ReadyForGroupsAsync(side);
        await CreateAsync(side, Cases.Topic, 3, []);
        await CreateAsync(side, Cases.Compacted, 1, [new JsonObject { ["Name"] = "cleanup.policy", ["Value"] = "compact" }]);
        for (var i = 0; i < Records; i += 2)
        {
            var batch = new BatchBuilder { BaseTimestamp = FirstTimestamp + (i * 1_000) }.Add($"record {i}").Add([7], null).Build();
            var data = new JsonObject { ["Index"] = 0, ["Records"] = Convert.ToBase64String(batch) };
            var answer = await side.AskAsync(0, 9, new JsonObject
            {
                ["Acks"] = -1,
                ["TimeoutMs"] = 5_000,
                ["TopicData"] = new JsonArray(new JsonObject { ["Name"] = Cases.Topic, ["PartitionData"] = new JsonArray(data) }),
            }, Cancellation);
            Assert.Equal(0, (int)(long)answer["Responses"]![0]!["PartitionResponses"]![0]!["ErrorCode"]!);
        }
    }

    /// <summary>A broker that has just started answers COORDINATOR_LOAD_IN_PROGRESS for a moment; each question is the wait.</summary>
    private static async Task ReadyForProducersAsync(KafkaSide side)
    {
        JsonObject answer;
        do
        {
            answer = await side.AskAsync(22, 0, new JsonObject { ["TransactionalId"] = null, ["TransactionTimeoutMs"] = 60_000 }, Cancellation);
        }
        while ((int)(long)answer["ErrorCode"]! != 0);
    }

    /// <summary>The first question for a coordinator makes the topic of the groups, whose logs are then loaded.</summary>
    private static async Task ReadyForGroupsAsync(KafkaSide side)
    {
        JsonObject answer;
        do
        {
            await side.AskAsync(10, 0, new JsonObject { ["Key"] = Cases.Simple }, Cancellation);
            answer = await side.AskAsync(12, 0, new JsonObject { ["GroupId"] = Cases.Simple, ["MemberId"] = "nobody" }, Cancellation);
        }
        while ((int)(long)answer["ErrorCode"]! is not 25);
        do
        {
            answer = await side.AskAsync(16, 0, [], Cancellation); // every partition of them
        }
        while ((int)(long)answer["ErrorCode"]! != 0);
    }

    private static async Task CreateAsync(KafkaSide side, string topic, int partitions, JsonArray configs)
    {
        var answer = await side.AskAsync(19, 7, new JsonObject
        {
            ["Topics"] = new JsonArray(new JsonObject { ["Name"] = topic, ["NumPartitions"] = partitions, ["ReplicationFactor"] = 1, ["Configs"] = configs }),
            ["TimeoutMs"] = 10_000,
        }, Cancellation);
        Assert.Equal(0, (int)(long)answer["Topics"]![0]!["ErrorCode"]!);
        JsonNode? found;
        do
        {
            // A broker learns of a new topic a moment after its controller; each question is the wait.
            var metadata = await side.AskAsync(3, 9, new JsonObject { ["Topics"] = new JsonArray(new JsonObject { ["Name"] = topic }) }, Cancellation);
            found = metadata["Topics"]![0];
        }
        while ((int)(long)found!["ErrorCode"]! != 0 || found["Partitions"]!.AsArray().Any(p => (int)(long)p!["LeaderId"]! < 0));
        await side.LearnAsync(topic, Cancellation);
    }

    private async Task<string> CompareAsync(KafkaSide theirs, KafkaSide ours)
    {
        var report = new Dictionary<string, List<int>>();
        var asked = 0;
        var allowed = new Dictionary<string, int>();
        foreach (var test in Cases.All)
        {
            if (!ours.Listed.TryGetValue(test.Key, out var listed))
            {
                Add(report, $"{test.Name}: key {test.Key} is not listed by us", 0);
                continue;
            }

            var (first, last) = theirs.Listed[test.Key];
            foreach (var version in Enumerable.Range(0, 100).Where(v =>
                v >= Math.Max(first, listed.Min) && v <= Math.Min(last, listed.Max) && test.Only.Contains(v) && !(test.Key == 0 && v < 3)))
            {
                asked++;
                var a = await AskAsync(theirs, test, version);
                var b = await AskAsync(ours, test, version);
                foreach (var difference in Comparison.Differences(a, b))
                {
                    if (AllowedDifferences.Reason(test.Name, difference) is { } reason)
                    {
                        allowed[reason] = allowed.GetValueOrDefault(reason) + 1;
                    }
                    else
                    {
                        Add(report, $"{test.Name} (key {test.Key}) {difference.Replace($"-{version}]", "-N]", StringComparison.Ordinal)}", version);
                    }
                }
            }
        }

        output.WriteLine($"{asked} requests compared");
        foreach (var (reason, count) in allowed)
        {
            output.WriteLine($"allowed, {count} times: {reason}");
        }

        return string.Join('\n', report.Select(r => $"{r.Key} [v{string.Join(", ", r.Value)}]"));
    }

    private static void Add(Dictionary<string, List<int>> report, string difference, int version)
    {
        if (!report.TryGetValue(difference, out var versions))
        {
            report[difference] = versions = [];
        }

        versions.Add(version);
    }

    private static async Task<JsonNode?> AskAsync(KafkaSide side, Case test, int version)
    {
        var answer = await side.AskAsync(test.Key, (short)version, test.Request(side, version), Cancellation);
        test.Then?.Invoke(side, answer);
        return Comparison.Normalize(side, answer);
    }
}
