using Actors.Abstractions;
using Actors.Model.Groups;
using Actors.Model.Ports;
using Actors.Tests.Grains;
using Microsoft.Extensions.DependencyInjection;
using ErrorCode = Actors.Model.ErrorCode;

namespace Actors.Tests.Groups;

public sealed class ConsumerGroupGrainTests : IAsyncLifetime
{
    private readonly FakeGroups _groups = new(1);
    private GrainsCluster _cluster = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = await GrainsCluster.StartAsync(configure: silo => silo.Services.AddSingleton<ILocalGroups>(_groups));
        await _cluster.CreateAsync("orders");
        await AppendAsync(0, 10);
        await AppendAsync(1, 5);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task A_service_commits_and_reads_its_offsets_and_sees_its_lag()
    {
        var group = Group("service");
        Assert.Empty((await group.GetOffsetsAsync(Cancel)).GetValueOrThrow().Offsets);
        Assert.Equal(ErrorCode.GroupIdNotFound, (await group.DescribeAsync(Cancel)).Error);
        Assert.True((await group.CommitAsync(GroupOffsets.Of(new GroupOffset("orders", 0, 4, "note"), new GroupOffset("orders", 1, 5)), Cancel)).IsDone);

        var offsets = (await group.GetOffsetsAsync(Cancel)).GetValueOrThrow();
        Assert.Equal((4, 5, null), (offsets.Find("orders", 0), offsets.Find("orders", 1), offsets.Find("orders", 2)));
        Assert.Equal("note", offsets.Offsets[0].Metadata);
        var lag = (await group.GetLagAsync(Cancel)).GetValueOrThrow();
        Assert.Equal(6, lag.Total);
        Assert.Equal(new PartitionLag("orders", 0, 4, 0, 10), lag.Partitions[0]);
        Assert.Equal("Empty", (await group.DescribeAsync(Cancel)).GetValueOrThrow().State);
    }

    [Fact]
    public async Task A_partition_that_does_not_exist_is_refused_and_nothing_is_committed()
    {
        var group = Group("wrong");
        var answer = await group.CommitAsync(GroupOffsets.Of(new GroupOffset("orders", 0, 1), new GroupOffset("orders", 9, 1)), Cancel);
        Assert.Equal((AnswerKind.Refused, ErrorCode.UnknownTopicOrPartition), (answer.Kind, answer.Error));
        Assert.Empty((await group.GetOffsetsAsync(Cancel)).GetValueOrThrow().Offsets);
    }

    [Theory]
    [InlineData(GroupResetTarget.Earliest, 0, 0)]
    [InlineData(GroupResetTarget.Latest, 0, 10)]
    [InlineData(GroupResetTarget.Offset, 7, 7)]
    [InlineData(GroupResetTarget.Offset, 700, 10)]
    public async Task Offsets_of_an_empty_group_can_be_moved(GroupResetTarget to, long value, long offset)
    {
        var group = Group($"reset-{to}-{value}");
        var answer = await group.ResetAsync(new GroupReset { Topic = "orders", Partitions = [0], To = to, Value = value }, Cancel);
        Assert.Equal(offset, answer.GetValueOrThrow().Find("orders", 0));
        Assert.Equal(offset, (await group.GetOffsetsAsync(Cancel)).GetValueOrThrow().Find("orders", 0));
    }

    [Fact]
    public async Task A_group_with_members_is_described_and_neither_moved_nor_deleted()
    {
        var joined = new Answer<JoinGroupAnswer>();
        _groups.Join(TestGroups.JoinRequest("busy"), joined, 0);
        var group = Group("busy");
        var info = (await group.DescribeAsync(Cancel)).GetValueOrThrow();
        Assert.Equal(("CompletingRebalance", 1, joined.Value.MemberId), (info.State, info.GenerationId, info.Members.Single().MemberId));
        Assert.Equal(ErrorCode.NonEmptyGroup, (await group.ResetAsync(new GroupReset { Topic = "orders", To = GroupResetTarget.Latest }, Cancel)).Error);
        Assert.Equal(ErrorCode.NonEmptyGroup, (await group.DeleteAsync(Cancel)).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, (await group.CommitAsync(GroupOffsets.Of(new GroupOffset("orders", 0, 1)), Cancel)).Error);
    }

    [Fact]
    public async Task An_empty_group_is_deleted_with_its_offsets()
    {
        var group = Group("gone");
        await group.CommitAsync(GroupOffsets.Of(new GroupOffset("orders", 0, 1)), Cancel);
        Assert.Equal("gone", (await group.DeleteAsync(Cancel)).GetValueOrThrow().GroupId);
        Assert.Equal(ErrorCode.GroupIdNotFound, (await group.DescribeAsync(Cancel)).Error);
        Assert.Empty((await group.GetOffsetsAsync(Cancel)).GetValueOrThrow().Offsets);
    }

    [Fact]
    public async Task A_join_whose_wait_is_over_keeps_its_place_and_is_in_when_the_rebalance_ends()
    {
        var other = new Answer<JoinGroupAnswer>();
        _groups.Join(TestGroups.JoinRequest("slow"), other, 0);
        var group = Group("slow");
        var named = (await group.JoinAsync(Join(""), Cancel)).GetValueOrThrow();
        Assert.Equal((false, true), (named.IsIn, named.MemberId.StartsWith("sdk-", StringComparison.Ordinal))); // KIP-394: only an id yet
        var waiting = (await group.JoinAsync(Join(named.MemberId), Cancel)).GetValueOrThrow();
        Assert.Equal((false, named.MemberId), (waiting.IsIn, waiting.MemberId)); // the other one has not joined again
        Assert.Equal("PreparingRebalance", (await group.DescribeAsync(Cancel)).GetValueOrThrow().State);

        _groups.Join(TestGroups.JoinRequest("slow", other.Value.MemberId), new Answer<JoinGroupAnswer>(), 0);
        var joined = (await group.JoinAsync(Join(named.MemberId), Cancel)).GetValueOrThrow();
        Assert.Equal((true, 2, "range"), (joined.IsIn, joined.GenerationId, joined.Protocol));

        var me = new GroupMembership(joined.MemberId, joined.GenerationId);
        var sync = new GroupSync { Member = me, Protocol = "range", MaxWaitMs = 1 };
        Assert.False((await group.SyncAsync(sync, Cancel)).GetValueOrThrow().IsAssigned); // the leader has not assigned
        _groups.Sync(
            new SyncGroup
            {
                GroupId = "slow", GenerationId = 2, MemberId = other.Value.MemberId,
                Assignments = [new GroupAssignment(joined.MemberId, new byte[] { 42 })],
            },
            new Answer<SyncGroupAnswer>(), 0);
        Assert.Equal(42, (await group.SyncAsync(sync, Cancel)).GetValueOrThrow().Assignment.Span[0]);
    }

    [Fact]
    public async Task A_static_member_whose_first_join_waits_comes_again_under_the_same_id()
    {
        var other = new Answer<JoinGroupAnswer>();
        _groups.Join(TestGroups.JoinRequest("named"), other, 0);
        var group = Group("named");
        var first = Join("") with { GroupInstanceId = "till-1" };
        var waiting = (await group.JoinAsync(first, Cancel)).GetValueOrThrow();
        Assert.Equal((false, true), (waiting.IsIn, waiting.MemberId.StartsWith("till-1-", StringComparison.Ordinal)));
        var again = (await group.JoinAsync(first with { MemberId = waiting.MemberId }, Cancel)).GetValueOrThrow();
        Assert.Equal((false, waiting.MemberId), (again.IsIn, again.MemberId));

        _groups.Join(TestGroups.JoinRequest("named", other.Value.MemberId), new Answer<JoinGroupAnswer>(), 0);
        var joined = (await group.JoinAsync(first with { MemberId = waiting.MemberId }, Cancel)).GetValueOrThrow();
        Assert.Equal((true, 2, waiting.MemberId), (joined.IsIn, joined.GenerationId, joined.MemberId));
        var members = (await group.DescribeAsync(Cancel)).GetValueOrThrow().Members;
        Assert.Equal([waiting.MemberId], members.Where(m => m.GroupInstanceId == "till-1").Select(m => m.MemberId));

        // A new process of that name takes its place, and is another one.
        var restarted = (await group.JoinAsync(first, Cancel)).GetValueOrThrow();
        Assert.NotEqual(waiting.MemberId, restarted.MemberId);
        Assert.Equal(ErrorCode.FencedInstanceId, (await group.JoinAsync(first with { MemberId = waiting.MemberId }, Cancel)).Error);
    }

    [Fact]
    public async Task Only_a_member_of_the_current_generation_commits_and_lives()
    {
        var group = Group("fenced");
        var id = (await group.JoinAsync(Join(""), Cancel)).GetValueOrThrow().MemberId;
        var joined = (await group.JoinAsync(Join(id), Cancel)).GetValueOrThrow();
        Assert.True(joined.IsLeader);
        var me = new GroupMembership(id, joined.GenerationId);
        await group.SyncAsync(new GroupSync { Member = me, Protocol = "range", Assignments = [new GroupMemberAssignment(id, new byte[] { 1 })] }, Cancel);

        var offsets = GroupOffsets.Of(new GroupOffset("orders", 0, 3));
        Assert.True((await group.HeartbeatAsync(me, Cancel)).IsDone);
        Assert.True((await group.CommitAsMemberAsync(me, offsets, Cancel)).IsDone);
        var old = me with { GenerationId = joined.GenerationId - 1 };
        Assert.Equal(ErrorCode.IllegalGeneration, (await group.HeartbeatAsync(old, Cancel)).Error);
        Assert.Equal((AnswerKind.Refused, ErrorCode.IllegalGeneration), await OutcomeAsync(old));
        Assert.Equal((AnswerKind.Refused, ErrorCode.UnknownMemberId), await OutcomeAsync(me with { MemberId = "stranger" }));
        Assert.Equal((AnswerKind.Refused, ErrorCode.UnknownMemberId), await OutcomeAsync(new GroupMembership("", -1)));
        Assert.True((await group.LeaveAsync(me, "done", Cancel)).IsDone);
        Assert.Equal(ErrorCode.UnknownMemberId, (await group.LeaveAsync(me, "twice", Cancel)).Error);
        Assert.Equal((AnswerKind.Refused, ErrorCode.UnknownMemberId), await OutcomeAsync(me));
        Assert.Equal(3, (await group.GetOffsetsAsync(Cancel)).GetValueOrThrow().Find("orders", 0));

        async Task<(AnswerKind, ErrorCode)> OutcomeAsync(GroupMembership member)
        {
            var answer = await group.CommitAsMemberAsync(member, offsets, Cancel);
            return (answer.Kind, answer.Error);
        }
    }

    private static GroupJoin Join(string member) => new()
    {
        MemberId = member, ClientId = "sdk", Protocols = [new GroupProtocolOffer("range", TestGroups.Subscription("orders"))],
        SessionTimeoutMs = 10_000, RebalanceTimeoutMs = 60_000, MaxWaitMs = 1,
    };

    [Fact]
    public async Task A_node_that_does_not_coordinate_says_so()
    {
        _groups.Refusal = ErrorCode.NotCoordinator;
        Assert.Equal(AnswerKind.NotLeader, (await Group("elsewhere").GetOffsetsAsync(Cancel)).Kind);
    }

    private IConsumerGroupGrain Group(string id) => _cluster.Client.GetGrain<IConsumerGroupGrain>(id);

    private async Task AppendAsync(int partition, int records)
    {
        var batch = RecordBatchBytes.Encode(
            [.. Enumerable.Range(0, records).Select(i => new Actors.Model.Records.Record { Value = new[] { (byte)i } })]);
        Assert.True((await _cluster.Partition("orders", partition).AppendAsync(-1, batch, Cancel)).IsDone);
    }
}
