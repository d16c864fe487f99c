using System.Text.Json.Nodes;

namespace Conformance.Differential;

internal static partial class Cases
{
    private static IEnumerable<Case> Offsets()
    {
        static JsonObject Of(string topic, int partition, long timestamp, int? epoch = null)
        {
            JsonObject wanted = new() { ["PartitionIndex"] = partition, ["Timestamp"] = timestamp };
            if (epoch is not null)
            {
                wanted["CurrentLeaderEpoch"] = epoch;
            }

            return new()
            {
                ["ReplicaId"] = -1,
                ["Topics"] = new JsonArray(new JsonObject { ["Name"] = topic, ["Partitions"] = new JsonArray(wanted) }),
            };
        }

        yield return new("the latest offset", 2, (_, _) => Of(Topic, 0, -1));
        yield return new("the earliest offset", 2, (_, _) => Of(Topic, 0, -2));
        yield return new("the offset of the latest time", 2, (_, _) => Of(Topic, 0, -3)) { Only = new(7, 99) };
        yield return new("the earliest local offset", 2, (_, _) => Of(Topic, 0, -4)) { Only = new(8, 99) };
        yield return new("the latest tiered offset", 2, (_, _) => Of(Topic, 0, -5)) { Only = new(9, 99) };
        yield return new("a special time that is none", 2, (_, _) => Of(Topic, 0, -77));
        yield return new("the offset of the first time", 2, (_, _) => Of(Topic, 0, DifferentialTests.FirstTimestamp));
        yield return new("the offset of a time in between", 2, (_, _) => Of(Topic, 0, DifferentialTests.FirstTimestamp + 1));
        yield return new("the offset of a time after all", 2, (_, _) => Of(Topic, 0, DifferentialTests.FirstTimestamp + 10_000_000));
        yield return new("the offset of a time before all", 2, (_, _) => Of(Topic, 0, 5));
        yield return new("the latest offset of an empty partition by time", 2, (_, _) => Of(Compacted, 0, -3)) { Only = new(7, 99) };
        yield return new("offsets of an absent topic", 2, (_, _) => Of(Absent, 0, -1));
        yield return new("offsets of an absent partition", 2, (_, _) => Of(Topic, 50, -1));
        yield return new("offsets in the right epoch", 2, (s, _) => Of(Topic, 0, -1, s.LeaderEpoch)) { Only = new(4, 99) };
        yield return new("offsets in a later epoch", 2, (s, _) => Of(Topic, 0, -1, s.LeaderEpoch + 3)) { Only = new(4, 99) };
    }

    private static IEnumerable<Case> Epochs()
    {
        static JsonObject Of(string topic, int partition, int current, int epoch) => new()
        {
            ["ReplicaId"] = -1,
            ["Topics"] = new JsonArray(new JsonObject
            {
                ["Topic"] = topic,
                ["Partitions"] = new JsonArray(new JsonObject { ["Partition"] = partition, ["CurrentLeaderEpoch"] = current, ["LeaderEpoch"] = epoch }),
            }),
        };

        yield return new("the end of the current epoch", 23, (s, _) => WithoutReplica(Of(Topic, 0, s.LeaderEpoch, s.LeaderEpoch)));
        yield return new("the end of an epoch to come", 23, (s, _) => WithoutReplica(Of(Topic, 0, s.LeaderEpoch, s.LeaderEpoch + 5)));
        yield return new("the end of an epoch, asked in a later one", 23, (s, _) => WithoutReplica(Of(Topic, 0, s.LeaderEpoch + 5, 0)));
        yield return new("the end of an epoch of an absent topic", 23, (s, _) => WithoutReplica(Of(Absent, 0, -1, 0)));
    }

    /// <summary>The field came with version 3; its default, a consumer, is what is meant.</summary>
    private static JsonObject WithoutReplica(JsonObject request)
    {
        request.Remove("ReplicaId");
        return request;
    }
}
