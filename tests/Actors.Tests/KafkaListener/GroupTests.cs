using System.Threading.Channels;
using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Groups;

namespace Actors.Tests.KafkaListener;

public sealed class GroupTests
{
    [Fact]
    public async Task The_coordinator_is_told_in_every_version()
    {
        await using var kafka = new KafkaHarness();
        kafka.Groups.Place = new GroupCoordinatorPlace(ErrorCode.None, 2, 3);
        var client = kafka.Connect();
        for (short version = 0; version <= 6; version++)
        {
            var answer = await client.Ask<FindCoordinatorRequest, FindCoordinatorResponse>(
                version < 4 ? new() { Key = "g" } : new() { CoordinatorKeys = ["g", "h"] }, version);
            Assert.Equal(
                (0, 2, "other", 9093),
                version < 4
                    ? (answer.ErrorCode, answer.NodeId, answer.Host, answer.Port)
                    : (answer.Coordinators[1].ErrorCode, answer.Coordinators[1].NodeId, answer.Coordinators[1].Host, answer.Coordinators[1].Port));
        }

        kafka.Groups.Place = new GroupCoordinatorPlace(ErrorCode.CoordinatorNotAvailable, -1, -1);
        var refused = await client.Ask<FindCoordinatorRequest, FindCoordinatorResponse>(new() { Key = "g" }, 3);
        Assert.Equal((15, -1, -1), (refused.ErrorCode, refused.NodeId, refused.Port));
    }

    [Fact]
    public async Task A_join_waits_for_its_group_while_other_requests_go_on()
    {
        await using var kafka = new KafkaHarness();
        var parked = Channel.CreateUnbounded<ParkedJoin>();
        kafka.Groups.Parked = parked.Writer;
        var client = kafka.Connect();
        var other = kafka.Connect();
        client.Send(Join("g"), 7);
        Assert.Equal(0, (await other.Ask<HeartbeatRequest, HeartbeatResponse>(new() { GroupId = "g", MemberId = "x" }, 4)).ErrorCode);
        var (waiter, token, request) = await parked.Reader.ReadAsync(TestContext.Current.CancellationToken);
        FakeGroups.Tell(waiter, token, FakeGroups.Answer(request));
        var joined = await client.Receive<JoinGroupResponse>();
        Assert.Equal((0, 7, "range", "m"), (joined.ErrorCode, joined.GenerationId, joined.ProtocolName, joined.Leader));
        Assert.Equal([1, 2, 3], joined.Members.Single().Metadata);
    }

    [Fact]
    public async Task Joins_carry_what_their_version_knows()
    {
        await using var kafka = new KafkaHarness();
        var client = kafka.Connect();
        for (short version = 0; version <= 9; version++)
        {
            await client.Ask<JoinGroupRequest, JoinGroupResponse>(Join("g"), version);
            var asked = (JoinGroup)kafka.Groups.Asked[^1];
            Assert.Equal((version >= 4, version >= 9), (asked.RequiresMemberId, asked.CanSkipAssignment));
            Assert.Equal(version >= 5 ? "i" : null, asked.GroupInstanceId);
            Assert.Equal(version >= 1 ? 60_000 : -1, asked.RebalanceTimeoutMs);
            Assert.Equal(("test", "/127.0.0.1"), (asked.ClientId, asked.ClientHost));
            kafka.Groups.Error = ErrorCode.UnknownMemberId;
            var refused = await client.Ask<JoinGroupRequest, JoinGroupResponse>(Join("g"), version);
            Assert.Equal((25, version >= 7 ? null : ""), (refused.ErrorCode, refused.ProtocolName));
            kafka.Groups.Error = ErrorCode.None;
        }
    }

    [Fact]
    public async Task Assignments_come_back_and_a_sync_without_its_protocol_is_refused()
    {
        await using var kafka = new KafkaHarness();
        var client = kafka.Connect();
        for (short version = 0; version <= 5; version++)
        {
            var answer = await client.Ask<SyncGroupRequest, SyncGroupResponse>(
                new()
                {
                    GroupId = "g", MemberId = "m", ProtocolType = "consumer", ProtocolName = "range",
                    Assignments = [new() { MemberId = "m", Assignment = [9, 8] }],
                },
                version);
            Assert.Equal(0, answer.ErrorCode);
            Assert.Equal([9, 8], answer.Assignment);
        }

        Assert.Equal(23, (await client.Ask<SyncGroupRequest, SyncGroupResponse>(new() { GroupId = "g", MemberId = "m" }, 5)).ErrorCode);
    }

    [Fact]
    public async Task A_member_leaves_with_an_error_of_its_own()
    {
        await using var kafka = new KafkaHarness();
        kafka.Groups.Error = ErrorCode.UnknownMemberId;
        var client = kafka.Connect();
        for (short version = 0; version <= 5; version++)
        {
            var answer = await client.Ask<LeaveGroupRequest, LeaveGroupResponse>(
                version < 3 ? new() { GroupId = "g", MemberId = "m" } : new() { GroupId = "g", Members = [new() { MemberId = "m" }] }, version);
            Assert.Equal(version < 3 ? 25 : 0, answer.ErrorCode);
            Assert.Equal(version < 3 ? [] : [(short)25], answer.Members.Select(m => m.ErrorCode));
        }
    }

    [Fact]
    public async Task Offsets_are_committed_and_fetched_in_every_version()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders", 2);
        Assert.True(kafka.Node.TryGetTopic("orders", out var topic));
        var client = kafka.Connect();
        for (short version = 2; version <= 10; version++)
        {
            var answer = await client.Ask<OffsetCommitRequest, OffsetCommitResponse>(
                new()
                {
                    GroupId = "g", MemberId = "m", RetentionTimeMs = 5,
                    Topics =
                    [
                        new() { Name = "none", TopicId = Guid.NewGuid(), Partitions = [new() { PartitionIndex = 0, CommittedOffset = 1 }] },
                        new() { Name = "orders", TopicId = topic.Id, Partitions = [new() { PartitionIndex = 1, CommittedOffset = version }] },
                    ],
                },
                version);
            Assert.Equal([version >= 10 ? (short)100 : (short)3, 0], answer.Topics.SelectMany(t => t.Partitions).Select(p => p.ErrorCode));
            Assert.Equal(version, kafka.Groups.Committed[("g", "orders", 1)]);
            Assert.Equal(version <= 4 ? 5 : -1, ((CommitOffsets)kafka.Groups.Asked[^1]).RetentionMs);
        }

        for (short version = 1; version <= 7; version++)
        {
            var answer = await client.Ask<OffsetFetchRequest, OffsetFetchResponse>(
                new() { GroupId = "g", Topics = [new() { Name = "orders", PartitionIndexes = [1, 0] }] }, version);
            Assert.Equal([(1, 10L), (0, -1L)], answer.Topics.Single().Partitions.Select(p => (p.PartitionIndex, p.CommittedOffset)));
        }

        for (short version = 8; version <= 10; version++)
        {
            var answer = await client.Ask<OffsetFetchRequest, OffsetFetchResponse>(
                new()
                {
                    Groups =
                    [
                        new() { GroupId = "g", Topics = null },
                        new() { GroupId = "h", Topics = [new() { Name = "orders", TopicId = topic.Id, PartitionIndexes = [0] }] },
                        new() { GroupId = "i", Topics = [new() { Name = "gone", TopicId = Guid.NewGuid(), PartitionIndexes = [0] }] },
                    ],
                },
                version);
            Assert.Equal(["g", "h", "i"], answer.Groups.Select(g => g.GroupId));
            Assert.Equal([10, -1, -1], answer.Groups.Select(g => g.Topics.Single().Partitions.Single().CommittedOffset));
            Assert.Equal(version == 10 ? topic.Id : Guid.Empty, answer.Groups[0].Topics[0].TopicId);
            Assert.Equal(version == 10 ? 100 : 0, answer.Groups[2].Topics[0].Partitions[0].ErrorCode);
        }
    }

    [Fact]
    public async Task The_error_of_a_fetch_of_offsets_stands_where_its_version_has_it()
    {
        await using var kafka = new KafkaHarness();
        kafka.Groups.Error = ErrorCode.CoordinatorLoadInProgress;
        var client = kafka.Connect();
        var request = new OffsetFetchRequest { GroupId = "g", Topics = [new() { Name = "orders", PartitionIndexes = [1] }] };
        var oldest = await client.Ask<OffsetFetchRequest, OffsetFetchResponse>(request, 1);
        Assert.Equal(14, oldest.Topics.Single().Partitions.Single().ErrorCode);
        Assert.Equal(14, (await client.Ask<OffsetFetchRequest, OffsetFetchResponse>(request, 5)).ErrorCode);
        var batched = await client.Ask<OffsetFetchRequest, OffsetFetchResponse>(new() { Groups = [new() { GroupId = "g" }] }, 8);
        Assert.Equal(14, batched.Groups.Single().ErrorCode);
    }

    [Fact]
    public async Task Groups_are_described_listed_and_deleted()
    {
        await using var kafka = new KafkaHarness();
        kafka.Node.With("orders");
        var client = kafka.Connect();
        for (short version = 0; version <= 6; version++)
        {
            var answer = await client.Ask<DescribeGroupsRequest, DescribeGroupsResponse>(
                new() { Groups = ["g", "none"], IncludeAuthorizedOperations = version >= 3 }, version);
            Assert.Equal(["Stable", "Dead"], answer.Groups.Select(g => g.GroupState));
            Assert.Equal([0, version >= 6 ? (short)69 : (short)0], answer.Groups.Select(g => g.ErrorCode));
            Assert.Equal(("m", "c", "/127.0.0.1"), answer.Groups[0].Members.Select(m => (m.MemberId, m.ClientId, m.ClientHost)).Single());
            Assert.Equal(version >= 3 ? 3400 : int.MinValue, answer.Groups[0].AuthorizedOperations);
        }

        for (short version = 0; version <= 5; version++)
        {
            var group = (await client.Ask<ListGroupsRequest, ListGroupsResponse>(
                new() { StatesFilter = version >= 4 ? ["Stable"] : [] }, version)).Groups.Single();
            Assert.Equal(("g", "consumer", version >= 4 ? "Stable" : "", version >= 5 ? "classic" : ""),
                (group.GroupId, group.ProtocolType, group.GroupState, group.GroupType));
        }

        var deleted = await client.Ask<DeleteGroupsRequest, DeleteGroupsResponse>(new() { GroupsNames = ["g", "g", "h"] }, 2);
        Assert.Equal([("g", (short)0), ("h", (short)0)], deleted.Results.Select(r => (r.GroupId, r.ErrorCode)));
        var forgotten = await client.Ask<OffsetDeleteRequest, OffsetDeleteResponse>(
            new() { GroupId = "g", Topics = [new() { Name = "none", Partitions = [new()] }, new() { Name = "orders", Partitions = [new()] }] }, 0);
        Assert.Equal([3, 0], forgotten.Topics.Select(t => t.Partitions.Single().ErrorCode));
    }

    private static JoinGroupRequest Join(string group) => new()
    {
        GroupId = group,
        SessionTimeoutMs = 10_000,
        RebalanceTimeoutMs = 60_000,
        GroupInstanceId = "i",
        ProtocolType = "consumer",
        Protocols = [new() { Name = "range", Metadata = [1, 2, 3] }],
    };
}
