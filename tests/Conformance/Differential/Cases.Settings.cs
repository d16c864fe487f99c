using System.Text.Json.Nodes;

namespace Conformance.Differential;

internal static partial class Cases
{
    private static IEnumerable<Case> Settings()
    {
        static JsonObject One(int type, string name, params (string Name, int Operation, string? Value)[] changes) => new()
        {
            ["Resources"] = new JsonArray(new JsonObject
            {
                ["ResourceType"] = type,
                ["ResourceName"] = name,
                ["Configs"] = new JsonArray([.. changes.Select(c => (JsonNode)new JsonObject
                {
                    ["Name"] = c.Name, ["ConfigOperation"] = c.Operation, ["Value"] = c.Value,
                })]),
            }),
        };

        static JsonObject Thought(JsonObject request)
        {
            request["ValidateOnly"] = true;
            return request;
        }

        yield return new("set a setting", 44, (_, _) => One(2, Compacted, ("retention.ms", 0, "1000000")));
        yield return new("set one in thought", 44, (_, _) => Thought(One(2, Compacted, ("retention.ms", 0, "5"))));
        yield return new("append to a list", 44, (_, _) => One(2, Compacted, ("cleanup.policy", 2, "delete")));
        yield return new("append what is there", 44, (_, _) => One(2, Compacted, ("cleanup.policy", 2, "delete")));
        yield return new("subtract from a list", 44, (_, _) => One(2, Compacted, ("cleanup.policy", 3, "delete")));
        yield return new("subtract what is not there", 44, (_, _) => One(2, Compacted, ("cleanup.policy", 3, "delete")));
        yield return new("append to what is no list", 44, (_, _) => One(2, Compacted, ("retention.ms", 2, "5")));
        yield return new("append an item that is none", 44, (_, _) => One(2, Compacted, ("cleanup.policy", 2, "burn")));
        yield return new("set a bad value", 44, (_, _) => One(2, Compacted, ("retention.ms", 0, "soon")));
        yield return new("set an unknown setting", 44, (_, _) => One(2, Compacted, ("retention.mss", 0, "5")));
        yield return new("set null", 44, (_, _) => One(2, Compacted, ("retention.ms", 0, null)));
        yield return new("set twice", 44, (_, _) => One(2, Compacted, ("retention.ms", 0, "1"), ("retention.ms", 0, "2")));
        yield return new("one bad, one good", 44, (_, _) => One(2, Compacted, ("segment.ms", 0, "77"), ("retention.ms", 0, "x")));
        yield return new("set lags that contradict", 44, (_, _) =>
            One(2, Compacted, ("min.compaction.lag.ms", 0, "9"), ("max.compaction.lag.ms", 0, "5")));
        yield return new("set for an absent topic", 44, (_, _) => One(2, Absent, ("retention.ms", 0, "1")));
        yield return new("set for a bad topic name", 44, (_, _) => One(2, "a/b", ("retention.ms", 0, "1")));
        yield return new("set nothing", 44, (_, _) => One(2, Compacted));
        yield return new("set for another node", 44, (s, _) => One(4, $"{s.NodeId + 50}", ("num.io.threads", 0, "3")));
        yield return new("set for what is no node", 44, (_, _) => One(4, "x", ("num.io.threads", 0, "3")));
        yield return new("set what only a restart changes", 44, (s, _) => One(4, $"{s.NodeId}", ("node.id", 0, "3")));
        yield return new("set for a resource that is none", 44, (_, _) => One(99, "x", ("a", 0, "3")));
        yield return new("configs that were set", 32, (_, _) => new()
        {
            ["Resources"] = new JsonArray(new JsonObject { ["ResourceType"] = 2, ["ResourceName"] = Compacted, ["ConfigurationKeys"] = null }),
        });
        yield return new("back to the default", 44, (_, _) => One(2, Compacted, ("retention.ms", 1, null)));
        yield return new("back to the default again", 44, (_, _) => One(2, Compacted, ("retention.ms", 1, null)));

        static JsonObject All(string name, params (string Name, string? Value)[] configs) => new()
        {
            ["Resources"] = new JsonArray(new JsonObject
            {
                ["ResourceType"] = 2,
                ["ResourceName"] = name,
                ["Configs"] = new JsonArray([.. configs.Select(c => (JsonNode)new JsonObject { ["Name"] = c.Name, ["Value"] = c.Value })]),
            }),
        };

        yield return new("replace all settings", 33, (_, _) => All(Compacted, ("cleanup.policy", "compact"), ("segment.ms", "5000")));
        yield return new("replace with a bad value", 33, (_, _) => All(Compacted, ("segment.ms", "x")));
        yield return new("replace with null", 33, (_, _) => All(Compacted, ("segment.ms", null)));
        yield return new("replace in an absent topic", 33, (_, _) => All(Absent, ("segment.ms", "1")));
        yield return new("configs that were replaced", 32, (_, _) => new()
        {
            ["Resources"] = new JsonArray(new JsonObject { ["ResourceType"] = 2, ["ResourceName"] = Compacted, ["ConfigurationKeys"] = null }),
        });
    }

    private static IEnumerable<Case> Administration()
    {
        static JsonObject Elect(int version, string topic, int partition)
        {
            JsonObject request = new()
            {
                ["TopicPartitions"] = new JsonArray(new JsonObject { ["Topic"] = topic, ["Partitions"] = new JsonArray(partition) }),
            };
            if (version >= 1)
            {
                request["ElectionType"] = 0;
            }

            return request;
        }

        static JsonObject Cut(string topic, int partition, long offset) => new()
        {
            ["Topics"] = new JsonArray(new JsonObject
            {
                ["Name"] = topic,
                ["Partitions"] = new JsonArray(new JsonObject { ["PartitionIndex"] = partition, ["Offset"] = offset }),
            }),
            ["TimeoutMs"] = 10_000,
        };

        yield return new("delete records", 21, (_, _) => Cut(Topic, 0, 3));
        yield return new("delete records that are gone", 21, (_, _) => Cut(Topic, 0, 1));
        yield return new("delete records beyond the end", 21, (_, _) => Cut(Topic, 0, 1_000));
        yield return new("delete records below none", 21, (_, _) => Cut(Topic, 0, -7));
        yield return new("delete all records", 21, (_, _) => Cut(Topic, 0, -1));
        yield return new("delete records of an absent partition", 21, (_, _) => Cut(Topic, 99, 1));
        yield return new("delete records of an absent topic", 21, (_, _) => Cut(Absent, 0, 1));
        yield return new("delete records of a compacted topic", 21, (_, _) => Cut(Compacted, 0, 0));
        yield return new("elect a leader", 43, (_, v) => Elect(v, Topic, 0));
        yield return new("elect for an absent partition", 43, (_, v) => Elect(v, Topic, 99));
        yield return new("elect for an absent topic", 43, (_, v) => Elect(v, Absent, 0));
        yield return new("elect all leaders", 43, (_, _) => new() { ["TopicPartitions"] = null });

        static JsonObject Move(string topic, int partition, int[]? replicas) => new()
        {
            ["Topics"] = new JsonArray(new JsonObject
            {
                ["Name"] = topic,
                ["Partitions"] = new JsonArray(new JsonObject
                {
                    ["PartitionIndex"] = partition,
                    ["Replicas"] = replicas is null ? null : new JsonArray([.. replicas.Select(r => (JsonNode)r)]),
                }),
            }),
        };

        yield return new("move to where it is", 45, (s, _) => Move(Topic, 0, [s.NodeId]));
        yield return new("move to an absent node", 45, (s, _) => Move(Topic, 0, [s.NodeId + 9]));
        yield return new("move to nowhere", 45, (_, _) => Move(Topic, 0, []));
        yield return new("move to the same node twice", 45, (s, _) => Move(Topic, 0, [s.NodeId, s.NodeId]));
        yield return new("move an absent partition", 45, (s, _) => Move(Topic, 99, [s.NodeId]));
        yield return new("move an absent topic", 45, (s, _) => Move(Absent, 0, [s.NodeId]));
        yield return new("stop a move that is none", 45, (_, _) => Move(Topic, 0, null));

        static JsonObject Producers(string topic, int partition) => new()
        {
            ["Topics"] = new JsonArray(new JsonObject { ["Name"] = topic, ["PartitionIndexes"] = new JsonArray(partition) }),
        };

        yield return new("producers of a partition without any", 61, (_, _) => Producers(Compacted, 0));
        yield return new("producers of an absent partition", 61, (_, _) => Producers(Topic, 99));
        yield return new("producers of an absent topic", 61, (_, _) => Producers(Absent, 0));
        yield return new("quotas", 48, (_, _) => new()
        {
            ["Components"] = new JsonArray(new JsonObject { ["EntityType"] = "user", ["MatchType"] = 2, ["Match"] = null }),
        });
        yield return new("credentials", 50, (_, _) => new() { ["Users"] = null });
        yield return new("credentials of an absent user", 50, (_, _) => new() { ["Users"] = new JsonArray(new JsonObject { ["Name"] = "u" }) });
    }
}
