using System.Collections.Immutable;
using Actors.Abstractions;
using Actors.Model.Records;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using ErrorCode = Actors.Model.ErrorCode;

namespace Actors.Tests.Grains;

/// <summary>
/// The bytes of what travels in grain calls: older clients and silos speak them. A line here only changes when a field was added at
/// the end, and the old line must still decode to the same value then.
/// </summary>
public sealed class ContractBytesTests
{
    private static readonly Serializer s_serializer = new ServiceCollection()
        .AddSerializer(s => s.AddAssembly(typeof(ITopicGrain).Assembly)).BuildServiceProvider().GetRequiredService<Serializer>();

    private static readonly PartitionInfo s_partition = new(1, 7, [1, 2], [1]);

    [Fact]
    public void The_bytes_of_answers_are_as_they_were() => Check(
        new Answer<AppendedBatch>
        {
            Kind = AnswerKind.Fenced, Error = ErrorCode.FencedLeaderEpoch, LeaderEpoch = 5, LeaderId = 2, Message = "m",
            RetryAfter = TimeSpan.FromMilliseconds(50),
        },
        "20E8000909095202C101011501098120A107000000000041036DE0");

    [Fact]
    public void The_bytes_of_an_appended_batch_are_as_they_were() =>
        Check(new AppendedBatch(4711, 3, -1), "20E8003A93010D0103E0");

    [Fact]
    public void The_bytes_of_a_read_query_are_as_they_were() =>
        Check(new ReadQuery { Offset = 42, MaxBytes = 1000, MaxWaitMs = 500, LeaderEpoch = 3 }, "20E800A901421F01A20F010DE0");

    [Fact]
    public void The_bytes_of_found_and_log_offsets_are_as_they_were()
    {
        Check(new FoundOffset(5, 1700000000000), "20E80015012000B4F2E7C5E0");
        Check(new LogOffsets(1, 5, 6), "20E8000501150119E0");
        Check(new ProducerInfo(1000, 2), "20E800421F0109E0");
    }

    [Fact]
    public void The_bytes_of_a_record_batch_and_a_read_are_as_they_were()
    {
        var builder = new RecordBatchBuilder();
        builder.TryAdd(new Actors.Model.Records.Record { Value = new byte[] { 1 } });
        var batch = builder.Build();
        var bytes = Bytes(new RecordBatchBytes(batch));
        Assert.Equal(batch, s_serializer.Deserialize<RecordBatchBytes>(bytes).Bytes);
        Assert.Contains(Convert.ToHexString(batch), Convert.ToHexString(bytes), StringComparison.Ordinal);

        var read = new PartitionRead { Batches = batch, FromOffset = 0, NextOffset = 1, Offsets = new LogOffsets(0, 1, 1) };
        var back = s_serializer.Deserialize<PartitionRead>(Bytes(read))!;
        Assert.Equal(batch, back.Batches.ToArray());
        Assert.Equal((0L, 1L, read.Offsets), (back.FromOffset, back.NextOffset, back.Offsets));
    }

    [Fact]
    public void The_bytes_of_topics_are_as_they_were()
    {
        var spec = new TopicSpec { PartitionCount = 3, ReplicationFactor = 1, Configs = { ["retention.ms"] = "1000" } };
        Golden("20E8000D01052101034119726574656E74696F6E2E6D73400931303030E0E0", Hex(spec));
        var back = s_serializer.Deserialize<TopicSpec>(Bytes(spec))!;
        Assert.Equal((3, 1, "1000"), (back.PartitionCount, back.ReplicationFactor, back.Configs["retention.ms"]));

        var info = new TopicInfo
        {
            Name = "orders", TopicId = new Guid("00010203-0405-0607-0809-0a0b0c0d0e0f"), IsInternal = true, Partitions = [s_partition],
            Configs = ImmutableDictionary<string, string>.Empty.Add("a", "b"),
        };
        Golden(
            "20E8400D6F72646572734121030201000504070608090A0B0C0D0E0F01032120000321E80005011D2120000501050009E0E0212000030105E0E0E0E0E0"
            + "21200103410361400362E0C101E0E0",
            Hex(info));
        var same = s_serializer.Deserialize<TopicInfo>(Bytes(info))!;
        Assert.Equal((info.Name, info.TopicId, true), (same.Name, same.TopicId, same.IsInternal));
        Assert.Equal((1, 7), (same.Partitions[0].LeaderId, same.Partitions[0].LeaderEpoch));
        Assert.Equal([1, 2], same.Partitions[0].Replicas);
        Assert.Equal("b", same.Configs["a"]);
    }

    [Fact]
    public void The_bytes_of_groups_are_as_they_were()
    {
        Golden("20E8400374212000030105E0E00109011DE0", Hex(new GroupReset { Topic = "t", Partitions = [1], To = GroupResetTarget.Offset, Value = 7 }));
        Golden("20E82020000321E84003740105011D41036EE0E0E0E0", Hex(GroupOffsets.Of(new GroupOffset("t", 1, 7, "n"))));
        Golden("20E82020000321E84003740105011D01090125E0E0E0E0", Hex(new ConsumerGroupLag([new PartitionLag("t", 1, 7, 2, 9)])));
        Golden("20E8400367410D537461626C654111636F6E73756D6572410B72616E6765010D2120000321E840036DC10141036341052F68E0E0E0E0", Hex(new ConsumerGroupInfo
        {
            GroupId = "g", State = "Stable", ProtocolType = "consumer", Protocol = "range", GenerationId = 3,
            Members = [new ConsumerGroupMember("m", null, "c", "/h")],
        }));
        var back = s_serializer.Deserialize<GroupOffsets>(Bytes(GroupOffsets.Of(new GroupOffset("t", 1, 7, "n"))))!;
        Assert.Equal(new GroupOffset("t", 1, 7, "n"), back.Offsets.Single());
    }

    [Fact]
    public void The_bytes_of_memberships_are_as_they_were()
    {
        Golden("20E840036D010D410369E0", Hex(new GroupMembership("m", 3, "i")));
        Golden(
            "20E840036D41036941036341052F684111636F6E73756D65722120000321E8400B72616E676541050102E0E0E00182BB0104"
            + "A60E01A20F410372E0",
            Hex(new GroupJoin
        {
            MemberId = "m", GroupInstanceId = "i", ClientId = "c", ClientHost = "/h", Protocols = [new GroupProtocolOffer("range", new byte[] { 1, 2 })],
            SessionTimeoutMs = 6000, RebalanceTimeoutMs = 60_000, MaxWaitMs = 500, Reason = "r",
        }));
        Golden(
            "20E840036D010D410B72616E6765C10501032120000321E8C005410369410301E0E0E0E0",
            Hex(new GroupJoined
        {
            MemberId = "m", GenerationId = 3, Protocol = "range", LeaderId = "m", SkipAssignment = true,
            Members = [new GroupJoinedMember("m", "i", new byte[] { 1 })],
        }));
        Golden(
            "20E820E840036D010DC101E04111636F6E73756D6572410B72616E67652120000321E8C007410307E0E0E001A20FE0",
            Hex(new GroupSync
        {
            Member = new GroupMembership("m", 3), Protocol = "range", MaxWaitMs = 500,
            Assignments = [new GroupMemberAssignment("m", new byte[] { 7 })],
        }));
        Golden("20E80003410307E0", Hex(new GroupSynced(true, new byte[] { 7 })));
        var back = s_serializer.Deserialize<GroupJoined>(Bytes(new GroupJoined { MemberId = "m", GenerationId = 3, LeaderId = "m" }))!;
        Assert.Equal((true, true, 3), (back.IsIn, back.IsLeader, back.GenerationId));
        Assert.Equal(new GroupMembership("m", 3, "i"), s_serializer.Deserialize<GroupMembership>(Bytes(new GroupMembership("m", 3, "i"))));
    }

    [Fact]
    public void An_exception_of_a_log_keeps_its_kind_and_code()
    {
        var back = s_serializer.Deserialize<Exception>(Bytes<Exception>(new LogException(AnswerKind.Unknown, ErrorCode.KafkaStorageError, "why")));

        var log = Assert.IsType<LogException>(back);
        Assert.Equal((AnswerKind.Unknown, ErrorCode.KafkaStorageError, "why", true), (log.Kind, log.Error, log.Message, log.IsOutcomeUnknown));
    }

    private static byte[] Bytes<T>(T value) => s_serializer.SerializeToArray(value);

    private static string Hex<T>(T value) => Convert.ToHexString(Bytes(value));

    private static void Golden(string golden, string now) => Assert.True(string.Equals(golden, now, StringComparison.Ordinal), now);

    private static void Check<T>(T value, string golden)
    {
        Golden(golden, Hex(value));
        Assert.Equal(value, s_serializer.Deserialize<T>(Convert.FromHexString(golden)));
    }
}
