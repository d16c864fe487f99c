using System.Text.Json.Nodes;

namespace Conformance.Differential;

internal static partial class Cases
{
    /// <summary>A group with offsets and no members.</summary>
    public const string Simple = "simple-group";

    /// <summary>A group with one member, whose id each side gives: the other one is asked with its own.</summary>
    private const string Joined = "joined-group";

    private static IEnumerable<Case> Groups()
    {
        yield return new("the coordinator of a group", 10, (_, v) => v < 4
            ? new() { ["Key"] = Simple }
            : new() { ["CoordinatorKeys"] = new JsonArray(Simple, Joined), ["KeyType"] = 0 });

        foreach (var test in GroupOffsets().Concat(GroupMembers()).Concat(GroupEnds()))
        {
            yield return test;
        }
    }

    private static IEnumerable<Case> GroupOffsets()
    {
        static JsonObject Commit(KafkaSide side, int version, string group, string topic, int partition, long offset, string? note = "")
        {
            JsonObject wanted = new() { ["PartitionIndex"] = partition, ["CommittedOffset"] = offset, ["CommittedMetadata"] = note };
            return new() { ["GroupId"] = group, ["Topics"] = new JsonArray(TopicOf(side, version, topic, wanted)) };
        }

        yield return new("commit an offset", 8, (s, v) => Commit(s, v, Simple, Topic, 0, v));
        yield return new("commit with a note", 8, (s, v) => Commit(s, v, Simple, Topic, 1, 7, "a note"));
        yield return new("commit with no note", 8, (s, v) => Commit(s, v, Simple, Topic, 2, 7, null));
        yield return new("commit with a note too long", 8, (s, v) => Commit(s, v, Simple, Topic, 2, 8, new string('n', 5_000)));
        yield return new("commit for an absent topic", 8, (s, v) => Commit(s, v, Simple, Absent, 0, 1));
        yield return new("commit for an absent partition", 8, (s, v) => Commit(s, v, Simple, Topic, 9, 1));
        yield return new("commit a negative offset", 8, (s, v) => Commit(s, v, "negative-group", Topic, 0, -5));
        yield return new("commit as a member of no group", 8, (s, v) =>
        {
            var request = Commit(s, v, "none-such", Topic, 0, 1);
            (request["MemberId"], request["GenerationIdOrMemberEpoch"]) = ("m", 3);
            return request;
        });
        yield return new("commit as no member of a group", 8, (s, v) =>
        {
            var request = Commit(s, v, Simple, Topic, 0, 1);
            (request["MemberId"], request["GenerationIdOrMemberEpoch"]) = ("m", 3);
            return request;
        });
        yield return new("commit nothing", 8, (_, _) => new() { ["GroupId"] = Simple, ["Topics"] = new JsonArray() });

        static JsonObject Fetch(KafkaSide side, int version, string group, string? topic, params int[] partitions)
        {
            JsonObject[]? topics = topic is null ? null : [new() { ["PartitionIndexes"] = new JsonArray([.. partitions.Select(p => (JsonNode)p)]) }];
            if (topics is not null)
            {
                Name(side, version, topics[0], topic!);
            }

            JsonObject named = new() { ["GroupId"] = group, ["Topics"] = topics is null ? null : new JsonArray(topics[0]) };
            return version >= 8 ? new() { ["Groups"] = new JsonArray(named) } : named;
        }

        yield return new("fetch offsets", 9, (s, v) => Fetch(s, v, Simple, Topic, 0, 1, 2, 9));
        yield return new("fetch offsets of an absent topic", 9, (s, v) => Fetch(s, v, Simple, Absent, 0));
        yield return new("fetch all offsets", 9, (s, v) => Fetch(s, v, Simple, null)) { Only = new(2, 99) };
        yield return new("fetch offsets of no group", 9, (s, v) => Fetch(s, v, "none-such", Topic, 0));
        yield return new("fetch all offsets of no group", 9, (s, v) => Fetch(s, v, "none-such", null)) { Only = new(2, 99) };
        yield return new("fetch offsets of an empty name", 9, (s, v) => Fetch(s, v, "", Topic, 0));
        yield return new("fetch offsets of no topics", 9, (s, v) => v >= 8
            ? new() { ["Groups"] = new JsonArray(new JsonObject { ["GroupId"] = Simple, ["Topics"] = new JsonArray() }) }
            : new() { ["GroupId"] = Simple, ["Topics"] = new JsonArray() });

        static JsonObject Forget(string group, string topic, int partition) => new()
        {
            ["GroupId"] = group,
            ["Topics"] = new JsonArray(new JsonObject
            {
                ["Name"] = topic, ["Partitions"] = new JsonArray(new JsonObject { ["PartitionIndex"] = partition }),
            }),
        };

        yield return new("forget an offset", 47, (_, _) => Forget(Simple, Topic, 2));
        yield return new("forget an offset that is none", 47, (_, _) => Forget(Simple, Topic, 2));
        yield return new("forget an offset of an absent partition", 47, (_, _) => Forget(Simple, Topic, 9));
        yield return new("forget offsets of an absent topic", 47, (_, _) => Forget(Simple, Absent, 0));
        yield return new("forget offsets of no group", 47, (_, _) => Forget("none-such", Topic, 0));
        yield return new("forget offsets of an empty name", 47, (_, _) => Forget("", Topic, 0));
    }

    private static IEnumerable<Case> GroupMembers()
    {
        static JsonObject Join(string group, string member, string protocol = "range", int timeoutMs = 30_000) => new()
        {
            ["GroupId"] = group,
            ["SessionTimeoutMs"] = timeoutMs,
            ["RebalanceTimeoutMs"] = timeoutMs,
            ["MemberId"] = member,
            ["ProtocolType"] = "consumer",
            ["Protocols"] = new JsonArray(new JsonObject { ["Name"] = protocol, ["Metadata"] = Convert.ToBase64String(Subscription()) }),
        };

        static JsonObject Older(JsonObject request, int version)
        {
            if (version < 1)
            {
                request.Remove("RebalanceTimeoutMs");
            }

            return request;
        }

        yield return new("join with an empty name", 11, (_, v) => Older(Join("", ""), v));
        yield return new("join with a short session", 11, (_, v) => Older(Join("short", "", timeoutMs: 10), v));
        yield return new("join as an unknown member", 11, (_, v) => Older(Join("none-such", "unknown"), v));
        yield return new("be given an id", 11, (_, v) => Join(Joined, "")) { Only = new(9, 9), Then = LearnMember };
        yield return new("join", 11, (s, _) => Join(Joined, s.MemberId)) { Only = new(9, 9) };
        yield return new("sync", 14, (s, v) => Sync(s, v, 1)) { Only = new(5, 5) };
        yield return new("sync another generation", 14, (s, v) => Sync(s, v, 7)) { Only = new(5, 5) };
        yield return new("sync another protocol", 14, (s, v) =>
        {
            var request = Sync(s, v, 1);
            request["ProtocolName"] = "other";
            return request;
        }) { Only = new(5, 5) };

        static JsonObject Beat(string group, string member, int generation) =>
            new() { ["GroupId"] = group, ["MemberId"] = member, ["GenerationId"] = generation };

        yield return new("heartbeat", 12, (s, _) => Beat(Joined, s.MemberId, 1));
        yield return new("heartbeat of another generation", 12, (s, _) => Beat(Joined, s.MemberId, 8));
        yield return new("heartbeat of a stranger", 12, (_, _) => Beat(Joined, "stranger", 1));
        yield return new("heartbeat in no group", 12, (_, _) => Beat("none-such", "stranger", 1));
        yield return new("heartbeat in an empty name", 12, (_, _) => Beat("", "stranger", 1));
        yield return new("join with no protocol", 11, (_, v) =>
        {
            var request = Older(Join(Joined, ""), v);
            request["Protocols"] = new JsonArray();
            return request;
        });
        yield return new("join with no protocol a group that is not there", 11, (_, v) =>
        {
            // It is made, and stays, though the join is refused.
            var request = Older(Join("only-refused", ""), v);
            request["Protocols"] = new JsonArray();
            return request;
        });
        yield return new("commit as a stranger to a group of refused joins", 8, (s, v) => new()
        {
            ["GroupId"] = "only-refused",
            ["MemberId"] = "stranger",
            ["GenerationIdOrMemberEpoch"] = 1,
            ["Topics"] = new JsonArray(TopicOf(s, v, Topic, new JsonObject { ["PartitionIndex"] = 0, ["CommittedOffset"] = 1 })),
        });
        yield return new("join with a protocol that nobody knows", 11, (_, v) => Older(Join(Joined, "", "other"), v));
        yield return new("commit as a stranger", 8, (s, v) => new()
        {
            ["GroupId"] = Joined,
            ["MemberId"] = "stranger",
            ["GenerationIdOrMemberEpoch"] = 1,
            ["Topics"] = new JsonArray(TopicOf(s, v, Topic, new JsonObject { ["PartitionIndex"] = 0, ["CommittedOffset"] = 1 })),
        });
        yield return new("commit as the member", 8, (s, v) => new()
        {
            ["GroupId"] = Joined,
            ["MemberId"] = s.MemberId,
            ["GenerationIdOrMemberEpoch"] = 1,
            ["Topics"] = new JsonArray(TopicOf(s, v, Topic, new JsonObject { ["PartitionIndex"] = 0, ["CommittedOffset"] = 1 })),
        });
    }

    private static IEnumerable<Case> GroupEnds()
    {
        static JsonObject Described(int version, params string[] groups)
        {
            JsonObject request = new() { ["Groups"] = new JsonArray([.. groups.Select(g => (JsonNode)g)]) };
            if (version >= 3)
            {
                request["IncludeAuthorizedOperations"] = true;
            }

            return request;
        }

        yield return new("describe groups", 15, (_, v) => Described(v, Simple, Joined, "none-such"));
        yield return new("list groups", 16, (_, _) => []);
        yield return new("list groups by state", 16, (_, _) => new() { ["StatesFilter"] = new JsonArray("stable") }) { Only = new(4, 99) };
        yield return new("list groups by type", 16, (_, _) => new() { ["TypesFilter"] = new JsonArray("Classic") }) { Only = new(5, 99) };
        yield return new("delete a group with members", 42, (_, _) => new() { ["GroupsNames"] = new JsonArray(Joined) });
        yield return new("delete no group", 42, (_, _) => new() { ["GroupsNames"] = new JsonArray("none-such") });
        yield return new("delete an empty name", 42, (_, _) => new() { ["GroupsNames"] = new JsonArray("") });
        yield return new("forget an offset that is subscribed to", 47, (_, _) => new()
        {
            ["GroupId"] = Joined,
            ["Topics"] = new JsonArray(new JsonObject
            {
                ["Name"] = Topic, ["Partitions"] = new JsonArray(new JsonObject { ["PartitionIndex"] = 0 }),
            }),
        });

        static JsonObject Leave(int version, string group, string member) => version < 3
            ? new() { ["GroupId"] = group, ["MemberId"] = member }
            : new() { ["GroupId"] = group, ["Members"] = new JsonArray(new JsonObject { ["MemberId"] = member }) };

        yield return new("leave as a stranger", 13, (_, v) => Leave(v, Joined, "stranger"));
        yield return new("leave no group", 13, (_, v) => Leave(v, "none-such", "stranger"));
        yield return new("leave an empty name", 13, (_, v) => Leave(v, "", "stranger"));
        yield return new("leave", 13, (s, v) => Leave(v, Joined, s.MemberId)) { Only = new(5, 5) };
        yield return new("describe an empty group", 15, (_, v) => Described(v, Joined));
        yield return new("delete a group", 42, (_, _) => new() { ["GroupsNames"] = new JsonArray(Joined) }) { Only = new(2, 2) };
        yield return new("delete it again", 42, (_, _) => new() { ["GroupsNames"] = new JsonArray(Joined) }) { Only = new(2, 2) };
    }

    private static JsonObject Sync(KafkaSide side, int version, int generation)
    {
        JsonObject request = new()
        {
            ["GroupId"] = Joined,
            ["GenerationId"] = generation,
            ["MemberId"] = side.MemberId,
            ["Assignments"] = new JsonArray(new JsonObject
            {
                ["MemberId"] = side.MemberId, ["Assignment"] = Convert.ToBase64String([0, 0, 0, 0, 0, 0, 255, 255, 255, 255]),
            }),
        };
        if (version >= 5)
        {
            (request["ProtocolType"], request["ProtocolName"]) = ("consumer", "range");
        }

        return request;
    }

    /// <summary>A consumer's subscription, version 0: one topic, no data of its own.</summary>
    private static byte[] Subscription()
    {
        var topic = System.Text.Encoding.UTF8.GetBytes(Topic);
        return [0, 0, 0, 0, 0, 1, 0, (byte)topic.Length, .. topic, 255, 255, 255, 255];
    }

    private static void LearnMember(KafkaSide side, JsonObject answer)
    {
        side.MemberId = (string)answer["MemberId"]!;
        side.Aliases[side.MemberId] = "MEMBER";
    }

    private static JsonObject TopicOf(KafkaSide side, int version, string topic, JsonObject partition)
    {
        JsonObject named = new() { ["Partitions"] = new JsonArray(partition) };
        Name(side, version, named, topic);
        return named;
    }

    /// <summary>By name, or from version 10 of the groups' requests on by id.</summary>
    private static void Name(KafkaSide side, int version, JsonObject named, string topic)
    {
        if (version >= 10)
        {
            named["TopicId"] = side.TopicIds.GetValueOrDefault(topic, UnknownId);
        }
        else
        {
            named["Name"] = topic;
        }
    }
}
