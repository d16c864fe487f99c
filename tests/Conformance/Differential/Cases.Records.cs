using System.Text.Json.Nodes;
using Conformance.Wire;

namespace Conformance.Differential;

internal static partial class Cases
{
    private const int ByIdFrom = 13;

    private static IEnumerable<Case> Producing()
    {
        static JsonObject To(KafkaSide side, int version, string topic, int partition, BatchBuilder? batch, int acks = -1)
        {
            JsonObject data = batch is null ? new() { ["Records"] = "" } : Batch(batch); // null would crash Kafka's handler, unanswered
            data["Index"] = partition;
            JsonObject named = new() { ["PartitionData"] = new JsonArray(data) };
            if (version >= ByIdFrom)
            {
                named["TopicId"] = side.TopicIds.GetValueOrDefault(topic, UnknownId);
            }
            else
            {
                named["Name"] = topic;
            }

            return new() { ["Acks"] = acks, ["TimeoutMs"] = 5_000, ["TopicData"] = new JsonArray(named) };
        }

        static BatchBuilder Good() => new BatchBuilder().Add([1], [2]).Add("record");
        static BatchBuilder Sequenced(KafkaSide s, int sequence, short? epoch = null) =>
            new BatchBuilder { ProducerId = s.ProducerId, ProducerEpoch = epoch ?? s.ProducerEpoch, BaseSequence = sequence }.Add("once");

        yield return new("produce", 0, (s, v) => To(s, v, Topic, 1, Good()));
        yield return new("produce with acks of the leader", 0, (s, v) => To(s, v, Topic, 1, Good(), acks: 1));
        yield return new("produce with acks of seven", 0, (s, v) => To(s, v, Topic, 1, Good(), acks: 7));
        yield return new("produce to an absent topic", 0, (s, v) => To(s, v, Absent, 0, Good()));
        yield return new("produce to an absent partition", 0, (s, v) => To(s, v, Topic, 99, Good()));
        yield return new("produce to a negative partition", 0, (s, v) => To(s, v, Topic, -1, Good()));
        yield return new("produce with a wrong checksum", 0, (s, v) => To(s, v, Topic, 1, new BatchBuilder { BadChecksum = true }.Add("x")));
        yield return new("produce with old magic", 0, (s, v) => To(s, v, Topic, 1, new BatchBuilder { Magic = 1 }.Add("x")));
        yield return new("produce with a wrong count", 0, (s, v) =>
            To(s, v, Topic, 1, new BatchBuilder { ClaimedCount = 2, ClaimedLastOffsetDelta = 1 }.Add("x")));
        yield return new("produce a control batch", 0, (s, v) => To(s, v, Topic, 1, new BatchBuilder { Attributes = 0x20 }.Add("x")));
        yield return new("produce without records", 0, (s, v) => To(s, v, Topic, 1, null));
        yield return new("produce more than the limit", 0, (s, v) => To(s, v, Topic, 1, new BatchBuilder().Add(null, new byte[1_100_000])));
        yield return new("produce from the future", 0, (s, v) => To(s, v, Topic, 1, new BatchBuilder { BaseTimestamp = 4_000_000_000_000 }.Add("x")));
        yield return new("produce without a key to a compacted topic", 0, (s, v) => To(s, v, Compacted, 0, new BatchBuilder().Add("x")));
        yield return new("a producer's id", 22, (_, _) => new() { ["TransactionalId"] = null, ["TransactionTimeoutMs"] = 60_000 })
        {
            Then = (s, answer) => (s.ProducerId, s.ProducerEpoch) = ((long)answer["ProducerId"]!, (short)(long)answer["ProducerEpoch"]!),
        };
        yield return new("the first of a sequence", 0, (s, v) => To(s, v, Topic, 2, Sequenced(s, 0))) { Only = new(9, 9) };
        yield return new("the first again", 0, (s, v) => To(s, v, Topic, 2, Sequenced(s, 0))) { Only = new(9, 12) };
        yield return new("the second", 0, (s, v) => To(s, v, Topic, 2, Sequenced(s, 1))) { Only = new(9, 9) };
        yield return new("a gap", 0, (s, v) => To(s, v, Topic, 2, Sequenced(s, 7)));
        yield return new("an epoch too old", 0, (s, v) => To(s, v, Topic, 2, Sequenced(s, 2, epoch: -1)));
        yield return new("a new epoch that does not begin at zero", 0, (s, v) =>
            To(s, v, Topic, 2, Sequenced(s, 2, epoch: (short)(s.ProducerEpoch + 1))));
    }

    private static IEnumerable<Case> Fetching()
    {
        static JsonObject From(KafkaSide side, int version, string topic, int partition, long offset, Action<JsonObject, JsonObject>? change = null)
        {
            JsonObject wanted = new() { ["Partition"] = partition, ["FetchOffset"] = offset, ["PartitionMaxBytes"] = 1_000_000 };
            JsonObject named = new() { ["Partitions"] = new JsonArray(wanted) };
            if (version >= ByIdFrom)
            {
                named["TopicId"] = side.TopicIds.GetValueOrDefault(topic, UnknownId);
            }
            else
            {
                named["Topic"] = topic;
            }

            JsonObject request = new() { ["MaxWaitMs"] = 0, ["MinBytes"] = 1, ["MaxBytes"] = 10_000_000, ["Topics"] = new JsonArray(named) };
            if (version >= 7)
            {
                (request["SessionId"], request["SessionEpoch"]) = (0, -1);
            }

            change?.Invoke(request, wanted);
            return request;
        }

        yield return new("fetch from the start", 1, (s, v) => From(s, v, Topic, 0, 0));
        yield return new("fetch from the middle of a batch", 1, (s, v) => From(s, v, Topic, 0, 4));
        yield return new("fetch at the end", 1, (s, v) => From(s, v, Topic, 0, DifferentialTests.Records));
        yield return new("fetch beyond the end", 1, (s, v) => From(s, v, Topic, 0, 1_000));
        yield return new("fetch a negative offset", 1, (s, v) => From(s, v, Topic, 0, -5));
        yield return new("fetch an absent topic", 1, (s, v) => From(s, v, Absent, 0, 0));
        yield return new("fetch an absent partition", 1, (s, v) => From(s, v, Topic, 77, 0));
        yield return new("fetch one byte", 1, (s, v) => From(s, v, Topic, 0, 0, (r, p) => (r["MaxBytes"], p["PartitionMaxBytes"]) = (1, 1)));
        yield return new("fetch what is committed", 1, (s, v) => From(s, v, Topic, 0, 0, (r, _) => r["IsolationLevel"] = 1));
        yield return new("fetch in the right epoch", 1, (s, v) =>
            From(s, v, Topic, 0, 0, (_, p) => p["CurrentLeaderEpoch"] = s.LeaderEpoch)) { Only = new(9, 99) };
        yield return new("fetch in a later epoch", 1, (s, v) =>
            From(s, v, Topic, 0, 0, (_, p) => p["CurrentLeaderEpoch"] = s.LeaderEpoch + 9)) { Only = new(9, 99) };
        yield return new("fetch after records of the right epoch", 1, (s, v) =>
            From(s, v, Topic, 0, 5, (_, p) => p["LastFetchedEpoch"] = s.LeaderEpoch)) { Only = new(12, 99) };
        yield return new("fetch after records of an epoch to come", 1, (s, v) =>
            From(s, v, Topic, 0, 5, (_, p) => p["LastFetchedEpoch"] = s.LeaderEpoch + 5)) { Only = new(12, 99) };
        yield return new("fetch below the log after records of an epoch to come", 1, (s, v) =>
            From(s, v, Topic, 0, -1, (_, p) => p["LastFetchedEpoch"] = s.LeaderEpoch + 5)) { Only = new(12, 99) };
        yield return new("fetch with an unknown session", 1, (s, v) =>
            From(s, v, Topic, 0, 0, (r, _) => (r["SessionId"], r["SessionEpoch"]) = (12345, 1))) { Only = new(7, 99) };
        yield return new("fetch with an epoch and no session", 1, (s, v) =>
            From(s, v, Topic, 0, 0, (r, _) => (r["SessionId"], r["SessionEpoch"]) = (0, 5))) { Only = new(7, 99) };
        yield return new("fetch nothing at all", 1, (_, v) => v >= 7 ? new() { ["SessionId"] = 0, ["SessionEpoch"] = -1 } : []);
    }
}
