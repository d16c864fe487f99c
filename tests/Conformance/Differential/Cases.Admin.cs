using System.Text.Json.Nodes;

namespace Conformance.Differential;

internal static partial class Cases
{
    /// <summary>A topic with cleanup.policy=compact.</summary>
    public const string Compacted = "compacted";

    private static IEnumerable<Case> Topics()
    {
        static JsonObject New(string name, int partitions, int replicas, bool validateOnly = false, (string, string)? config = null) => new()
        {
            ["Topics"] = new JsonArray(new JsonObject
            {
                ["Name"] = name,
                ["NumPartitions"] = partitions,
                ["ReplicationFactor"] = replicas,
                ["Configs"] = config is var (key, value) ? new JsonArray(new JsonObject { ["Name"] = key, ["Value"] = value }) : [],
            }),
            ["TimeoutMs"] = 10_000,
            ["ValidateOnly"] = validateOnly,
        };

        yield return new("create a topic", 19, (_, v) => New($"created-{v}", 2, 1));
        yield return new("create only in thought", 19, (_, v) => New($"thought-{v}", 2, 1, validateOnly: true));
        yield return new("create with the defaults", 19, (_, v) => New($"default-{v}", -1, -1)) { Only = new(4, 99) };
        yield return new("create what is there", 19, (_, _) => New(Topic, 2, 1));
        yield return new("create a bad name", 19, (_, _) => New("a b", 1, 1));
        yield return new("create an empty name", 19, (_, _) => New("", 1, 1));
        yield return new("create dots", 19, (_, _) => New("..", 1, 1));
        yield return new("create no partitions", 19, (_, _) => New("zero", 0, 1));
        yield return new("create fewer than no partitions", 19, (_, _) => New("minus", -3, 1));
        yield return new("create too many replicas", 19, (_, _) => New("wide", 1, 4));
        yield return new("create no replicas", 19, (_, _) => New("none", 1, 0));
        yield return new("create with an unknown config", 19, (_, _) => New("typo", 1, 1, config: ("retention.mss", "1")));
        yield return new("create with a bad config value", 19, (_, _) => New("value", 1, 1, config: ("retention.ms", "soon")));
        yield return new("create with a config out of range", 19, (_, _) => New("range", 1, 1, config: ("min.cleanable.dirty.ratio", "3")));
        yield return new("create with a config of a list", 19, (_, v) => New($"list-{v}", 1, 1, config: ("cleanup.policy", "compact,delete")));
        yield return new("create the same twice", 19, (_, _) =>
        {
            var request = New("twice", 1, 1);
            request["Topics"]!.AsArray().Add(request["Topics"]![0]!.DeepClone());
            return request;
        });
        yield return new("create with an assignment", 19, (s, v) => Assigned($"assigned-{v}", -1, s.NodeId));
        yield return new("create with an assignment and a count", 19, (s, _) => Assigned("both", 3, s.NodeId));
        yield return new("create on an absent node", 19, (s, _) => Assigned("elsewhere", -1, s.NodeId + 77));

        static JsonObject More(string topic, int count, bool validateOnly = false) => new()
        {
            ["Topics"] = new JsonArray(new JsonObject { ["Name"] = topic, ["Count"] = count, ["Assignments"] = null }),
            ["TimeoutMs"] = 10_000,
            ["ValidateOnly"] = validateOnly,
        };

        yield return new("add partitions", 37, (_, v) => More($"created-{v + 2}", 4));
        yield return new("add partitions in thought", 37, (_, v) => More($"created-{v + 2}", 40, validateOnly: true));
        yield return new("add none", 37, (_, v) => More($"created-{v + 2}", 4));
        yield return new("take partitions away", 37, (_, v) => More($"created-{v + 2}", 1));
        yield return new("add partitions to an absent topic", 37, (_, _) => More(Absent, 9));

        static JsonObject Gone(KafkaSide s, int version, string? name, string? id = null) => version >= 6
            ? new() { ["Topics"] = new JsonArray(new JsonObject { ["Name"] = name, ["TopicId"] = id ?? Guid.Empty.ToString() }), ["TimeoutMs"] = 10_000 }
            : new() { ["TopicNames"] = new JsonArray(name), ["TimeoutMs"] = 10_000 };

        yield return new("delete a topic", 20, (s, v) => Gone(s, v, $"created-{v + 1}"));
        yield return new("delete an absent topic", 20, (s, v) => Gone(s, v, Absent));
        yield return new("delete an unknown id", 20, (s, v) => Gone(s, v, null, UnknownId)) { Only = new(6, 99) };
        yield return new("delete by name and id", 20, (s, v) => Gone(s, v, Topic, s.TopicIds[Topic])) { Only = new(6, 99) };
    }

    private static JsonObject Assigned(string name, int partitions, int node) => new()
    {
        ["Topics"] = new JsonArray(new JsonObject
        {
            ["Name"] = name,
            ["NumPartitions"] = partitions,
            ["ReplicationFactor"] = -1,
            ["Assignments"] = new JsonArray(new JsonObject { ["PartitionIndex"] = 0, ["BrokerIds"] = new JsonArray(node) }),
        }),
        ["TimeoutMs"] = 10_000,
    };

    private static IEnumerable<Case> Configs()
    {
        static JsonObject Of(int type, string name, string[]? keys, bool synonyms = false) => new()
        {
            ["Resources"] = new JsonArray(new JsonObject
            {
                ["ResourceType"] = type,
                ["ResourceName"] = name,
                ["ConfigurationKeys"] = keys is null ? null : new JsonArray([.. keys.Select(k => (JsonNode)k)]),
            }),
            ["IncludeSynonyms"] = synonyms,
        };

        yield return new("all configs of a topic", 32, (_, _) => Of(2, Compacted, null));
        yield return new("two configs of a topic", 32, (_, _) => Of(2, Compacted, ["cleanup.policy", "retention.ms"]));
        yield return new("a config with its synonyms", 32, (_, _) => Of(2, Compacted, ["cleanup.policy", "segment.bytes"], synonyms: true));
        yield return new("a config that does not exist", 32, (_, _) => Of(2, Compacted, ["no.such.thing"]));
        yield return new("configs of an absent topic", 32, (_, _) => Of(2, Absent, null));
        yield return new("configs of a bad topic name", 32, (_, _) => Of(2, "a/b", null));
        yield return new("a config of a node", 32, (s, _) => Of(4, $"{s.NodeId}", ["num.partitions"]));
        yield return new("configs of another node", 32, (s, _) => Of(4, $"{s.NodeId + 50}", ["num.partitions"]));
        yield return new("configs of what is no node", 32, (_, _) => Of(4, "x", null));
        yield return new("configs of a resource that is none", 32, (_, _) => Of(99, "x", null));
    }

    private static IEnumerable<Case> Cluster()
    {
        yield return new("the cluster", 60, (_, _) => []);
        yield return new("the cluster's controllers", 60, (_, _) => new() { ["EndpointType"] = 2 }) { Only = new(1, 99) };
        yield return new("partitions of a topic", 75, (_, _) => new() { ["Topics"] = new JsonArray(new JsonObject { ["Name"] = Topic }) });
        yield return new("partitions of an absent topic", 75, (_, _) => new() { ["Topics"] = new JsonArray(new JsonObject { ["Name"] = Absent }) });
        yield return new("two partitions and where to go on", 75, (_, _) => new()
        {
            ["Topics"] = new JsonArray(new JsonObject { ["Name"] = Topic }),
            ["ResponsePartitionLimit"] = 2,
        });
        yield return new("partitions from a cursor on", 75, (_, _) => new()
        {
            ["Topics"] = new JsonArray(new JsonObject { ["Name"] = Topic }),
            ["Cursor"] = new JsonObject { ["TopicName"] = Topic, ["PartitionIndex"] = 1 },
        });
        yield return new("log directories of a topic", 35, (_, _) => new()
        {
            ["Topics"] = new JsonArray(new JsonObject { ["Topic"] = Topic, ["Partitions"] = new JsonArray(0, 1, 2) }),
        });
        yield return new("log directories of an absent topic", 35, (_, _) => new()
        {
            ["Topics"] = new JsonArray(new JsonObject { ["Topic"] = Absent, ["Partitions"] = new JsonArray(0) }),
        });
        yield return new("reassignments", 46, (_, _) => new() { ["Topics"] = null });
        yield return new("reassignments of a topic", 46, (_, _) => new()
        {
            ["Topics"] = new JsonArray(new JsonObject { ["Name"] = Topic, ["PartitionIndexes"] = new JsonArray(0, 1) }),
        });
        yield return new("the coordinator of something unknown", 10, (_, v) => v < 4
            ? new() { ["Key"] = "a-group", ["KeyType"] = 9 }
            : new() { ["CoordinatorKeys"] = new JsonArray("a-group"), ["KeyType"] = 9 }) { Only = new(1, 99) };
    }
}
