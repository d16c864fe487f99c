using Actors.Groups;
using Actors.Model;
using Actors.Model.Groups;

namespace Actors.Tests.Groups;

public sealed class JoinTests
{
    private readonly TestGroups _groups = new();

    [Fact]
    public void A_client_that_must_know_its_id_is_given_one_and_joins_with_it()
    {
        var first = _groups.Join(TestGroups.JoinRequest() with { RequiresMemberId = true }).Value;
        Assert.Equal(ErrorCode.MemberIdRequired, first.Error);
        Assert.StartsWith("c-", first.MemberId, StringComparison.Ordinal);
        var second = _groups.Join(TestGroups.JoinRequest(member: first.MemberId) with { RequiresMemberId = true });
        Assert.False(second.IsThere);
        _groups.Pass(3000);
        Assert.Equal((ErrorCode.None, 1, first.MemberId), (second.Value.Error, second.Value.GenerationId, second.Value.LeaderId));
    }

    [Fact]
    public void An_id_that_was_given_and_not_used_holds_a_rebalance_up_no_longer_than_its_session()
    {
        var ids = _groups.Stable(1);
        _groups.Join(TestGroups.JoinRequest() with { RequiresMemberId = true });
        var again = _groups.Join(TestGroups.JoinRequest(member: ids[0]));
        Assert.False(again.IsThere);
        _groups.Pass(12_000);
        Assert.Equal(2, again.Value.GenerationId);
    }

    [Fact]
    public void The_initial_delay_is_prolonged_while_members_come_up_to_the_rebalance_timeout()
    {
        var first = _groups.Join(TestGroups.JoinRequest() with { RebalanceTimeoutMs = 10_000 });
        var later = new List<Answer<JoinGroupAnswer>>();
        for (var passed = 0; passed < 9000; passed += 1000)
        {
            _groups.Pass(1000);
            later.Add(_groups.Join(TestGroups.JoinRequest() with { RebalanceTimeoutMs = 10_000 }));
            Assert.False(first.IsThere);
        }

        _groups.Pass(1100);
        Assert.Equal(1, first.Value.GenerationId);
        Assert.Equal(10, first.Value.Members.Count);
        Assert.All(later, l => Assert.Empty(l.Value.Members));
    }

    [Fact]
    public void Without_a_delay_the_first_member_is_in_at_once()
    {
        var groups = new TestGroups(new GroupSettings { InitialRebalanceDelayMs = 0 });
        Assert.Equal(1, groups.Join(TestGroups.JoinRequest()).Value.GenerationId);
    }

    [Fact]
    public void Only_the_leader_is_told_the_members_and_what_they_subscribe_to()
    {
        var first = _groups.Join(TestGroups.JoinRequest());
        var second = _groups.Join(TestGroups.JoinRequest());
        _groups.Pass(6000);
        Assert.Equal(first.Value.MemberId, first.Value.LeaderId);
        Assert.Equal([first.Value.MemberId, second.Value.MemberId], first.Value.Members.Select(m => m.MemberId));
        Assert.Equal(TestGroups.Subscription("orders"), first.Value.Members[1].Metadata.ToArray());
        Assert.Empty(second.Value.Members);
        Assert.Equal(first.Value.MemberId, second.Value.LeaderId);
    }

    [Fact]
    public void Members_vote_among_the_assignors_that_all_of_them_know()
    {
        JoinGroup With(params string[] names) =>
            TestGroups.JoinRequest() with { Protocols = [.. names.Select(n => new GroupProtocol(n, TestGroups.Subscription("orders")))] };
        var joins = new[] { With("a", "b", "c"), With("c", "b"), With("b", "c") }.Select(_groups.Join).ToArray();
        var stranger = _groups.Join(With("a"));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, stranger.Value.Error);
        _groups.Pass(6000);
        Assert.All(joins, j => Assert.Equal("b", j.Value.ProtocolName));
    }

    [Fact]
    public void A_member_of_another_protocol_type_or_without_assignors_is_refused()
    {
        _groups.Join(TestGroups.JoinRequest());
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _groups.Join(TestGroups.JoinRequest() with { ProtocolType = "connect" }).Value.Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _groups.Join(TestGroups.JoinRequest("h") with { Protocols = [] }).Value.Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, _groups.Join(TestGroups.JoinRequest("h") with { ProtocolType = "" }).Value.Error);
        Assert.Equal((GroupState.Empty, 0), (_groups.Describe("h").State, _groups.Describe("h").Members.Count)); // as in Kafka
    }

    [Theory]
    [InlineData(5999, ErrorCode.InvalidSessionTimeout)]
    [InlineData(1_800_001, ErrorCode.InvalidSessionTimeout)]
    [InlineData(6000, ErrorCode.MemberIdRequired)]
    [InlineData(1_800_000, ErrorCode.MemberIdRequired)]
    public void Session_timeouts_lie_within_the_limits(int sessionTimeoutMs, ErrorCode error) =>
        Assert.Equal(error, _groups.Join(TestGroups.JoinRequest() with { SessionTimeoutMs = sessionTimeoutMs, RequiresMemberId = true }).Value.Error);

    [Fact]
    public void Unknown_members_and_empty_groups_are_refused()
    {
        Assert.Equal(ErrorCode.InvalidGroupId, _groups.Join(TestGroups.JoinRequest("")).Value.Error);
        var unknown = _groups.Join(TestGroups.JoinRequest(member: "x")).Value;
        Assert.Equal((ErrorCode.UnknownMemberId, "x"), (unknown.Error, unknown.MemberId));
        _groups.Join(TestGroups.JoinRequest());
        Assert.Equal(ErrorCode.UnknownMemberId, _groups.Join(TestGroups.JoinRequest(member: "x")).Value.Error);
    }

    [Fact]
    public void A_full_group_takes_nobody_else()
    {
        var groups = new TestGroups(new GroupSettings { MaxMembers = 2 });
        var ids = groups.Stable(2);
        Assert.Equal(ErrorCode.GroupMaxSizeReached, groups.Join(TestGroups.JoinRequest()).Value.Error);
        Assert.Equal(ErrorCode.None, groups.Heartbeat(ids[0], 1));
    }

    [Fact]
    public void A_new_member_makes_everybody_join_again()
    {
        var ids = _groups.Stable(2);
        var third = _groups.Join(TestGroups.JoinRequest());
        Assert.Equal(ErrorCode.RebalanceInProgress, _groups.Heartbeat(ids[0], 1));
        var again = ids.Select(i => _groups.Join(TestGroups.JoinRequest(member: i))).ToArray();
        Assert.Equal(2, third.Value.GenerationId);
        _groups.SyncAll([.. again, third]);
        Assert.Equal(3, _groups.Describe().Members.Count);
        Assert.Equal(ErrorCode.IllegalGeneration, _groups.Heartbeat(ids[0], 1));
    }

    [Fact]
    public void Members_that_do_not_join_again_in_time_are_out()
    {
        var ids = _groups.Stable(3);
        var leader = _groups.Join(TestGroups.JoinRequest(member: ids[0]));
        for (var i = 0; i < 12; i++)
        {
            _groups.Pass(5000);
            _groups.Heartbeat(ids[1], 1);
            _groups.Heartbeat(ids[2], 1);
        }

        Assert.Equal(2, leader.Value.GenerationId);
        Assert.Single(leader.Value.Members);
        Assert.Equal(ErrorCode.UnknownMemberId, _groups.Heartbeat(ids[1], 1));
    }

    [Fact]
    public void A_follower_that_asks_again_with_the_same_subscription_does_not_begin_a_rebalance()
    {
        var ids = _groups.Stable(2);
        var again = _groups.Join(TestGroups.JoinRequest(member: ids[1])).Value;
        Assert.Equal((ErrorCode.None, 1, ids[0]), (again.Error, again.GenerationId, again.LeaderId));
        Assert.Equal(GroupState.Stable, _groups.Describe().State);
        var changed = TestGroups.JoinRequest(member: ids[1]) with { Protocols = [new GroupProtocol("range", TestGroups.Subscription("b"))] };
        Assert.False(_groups.Join(changed).IsThere);
        Assert.Equal(GroupState.PreparingRebalance, _groups.Describe().State);
    }

    [Fact]
    public void A_leader_that_is_gone_is_succeeded_by_the_oldest_member_that_is_back()
    {
        var ids = _groups.Stable(3);
        _groups.Leave(new LeavingMember(ids[0], null, null));
        var third = _groups.Join(TestGroups.JoinRequest(member: ids[2]));
        var second = _groups.Join(TestGroups.JoinRequest(member: ids[1]));
        Assert.Equal(ids[1], third.Value.LeaderId);
        Assert.Equal(2, second.Value.Members.Count);
    }

    [Fact]
    public void A_join_that_is_sent_again_answers_the_first_one()
    {
        var ids = _groups.Stable(2);
        var first = _groups.Join(TestGroups.JoinRequest(member: ids[0]));
        var second = _groups.Join(TestGroups.JoinRequest(member: ids[0]));
        Assert.Equal(ErrorCode.RebalanceInProgress, first.Value.Error);
        Assert.False(second.IsThere);
        _groups.Join(TestGroups.JoinRequest(member: ids[1]));
        Assert.Equal(ErrorCode.None, second.Value.Error);
    }
}
