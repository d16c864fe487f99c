using Actors.Model;
using Actors.Model.Groups;

namespace Actors.Tests.Groups;

public sealed class SyncTests
{
    private readonly TestGroups _groups = new();

    [Fact]
    public void Assignments_are_told_once_their_record_is_committed()
    {
        var first = _groups.Join(TestGroups.JoinRequest());
        var second = _groups.Join(TestGroups.JoinRequest());
        _groups.Pass(6000);
        _groups.CommitsAtOnce = false;
        var (leader, follower) = (first.Value.MemberId, second.Value.MemberId);
        var followers = _groups.Sync(follower, 1);
        var leaders = _groups.Sync(leader, 1, new GroupAssignment(leader, new byte[] { 1 }), new GroupAssignment(follower, new byte[] { 2 }));
        Assert.False(leaders.IsThere || followers.IsThere);
        Assert.Single(_groups.Log);
        _groups.Commit();
        Assert.Equal((1, 2), (leaders.Value.Assignment.Span[0], followers.Value.Assignment.Span[0]));
        Assert.Equal(("consumer", "range"), (leaders.Value.ProtocolType, leaders.Value.ProtocolName));
        Assert.Equal(GroupState.Stable, _groups.Describe().State);
        Assert.Equal(2, _groups.Sync(follower, 1).Value.Assignment.Span[0]);
    }

    [Fact]
    public void A_member_without_an_assignment_gets_an_empty_one()
    {
        var first = _groups.Join(TestGroups.JoinRequest());
        _groups.Pass(3000);
        var sync = _groups.Sync(first.Value.MemberId, 1);
        Assert.Equal(ErrorCode.None, sync.Value.Error);
        Assert.True(sync.Value.Assignment.IsEmpty);
    }

    [Fact]
    public void Syncs_of_the_wrong_member_generation_or_protocol_are_refused()
    {
        var first = _groups.Join(TestGroups.JoinRequest());
        _groups.Pass(3000);
        var id = first.Value.MemberId;
        Assert.Equal(ErrorCode.UnknownMemberId, _groups.Sync("x", 1).Value.Error);
        Assert.Equal(ErrorCode.IllegalGeneration, _groups.Sync(id, 2).Value.Error);
        var answer = new Answer<SyncGroupAnswer>();
        var wrong = new SyncGroup { GroupId = "g", MemberId = id, GenerationId = 1, ProtocolName = "roundrobin", Assignments = [] };
        _groups.Step(Actors.Groups.GroupInput.Sync(wrong, answer, 0, _groups.NowMs));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, answer.Value.Error);
        _groups.Sync(id, 1);
        _groups.Join(TestGroups.JoinRequest());
        Assert.Equal(ErrorCode.RebalanceInProgress, _groups.Sync(id, 1).Value.Error);
    }

    [Fact]
    public void The_first_plan_of_a_leader_that_asks_twice_counts_in_the_log_as_for_its_members()
    {
        var first = _groups.Join(TestGroups.JoinRequest());
        _groups.Pass(3000);
        var id = first.Value.MemberId;
        _groups.CommitsAtOnce = false;
        var once = _groups.Sync(id, 1, new GroupAssignment(id, new byte[] { 1 }));
        var twice = _groups.Sync(id, 1, new GroupAssignment(id, new byte[] { 2 }));
        _groups.Commit();
        Assert.Equal((ErrorCode.RebalanceInProgress, 1), (once.Value.Error, twice.Value.Assignment.Span[0]));
        Assert.Equal(1, _groups.Reloaded().Sync(id, 1).Value.Assignment.Span[0]);
    }

    [Fact]
    public void A_rebalance_that_begins_meanwhile_sends_waiting_followers_back()
    {
        var first = _groups.Join(TestGroups.JoinRequest());
        var second = _groups.Join(TestGroups.JoinRequest());
        _groups.Pass(6000);
        _groups.CommitsAtOnce = false;
        var follower = _groups.Sync(second.Value.MemberId, 1);
        var leader = _groups.Sync(first.Value.MemberId, 1);
        _groups.Join(TestGroups.JoinRequest());
        Assert.Equal((ErrorCode.RebalanceInProgress, ErrorCode.RebalanceInProgress), (follower.Value.Error, leader.Value.Error));
        _groups.Commit();
        Assert.Equal(GroupState.PreparingRebalance, _groups.Describe().State);
    }

    [Fact]
    public void A_leader_that_never_assigns_is_out_after_the_rebalance_timeout()
    {
        var first = _groups.Join(TestGroups.JoinRequest());
        var second = _groups.Join(TestGroups.JoinRequest());
        _groups.Pass(6000);
        var follower = _groups.Sync(second.Value.MemberId, 1);
        for (var i = 0; i < 13; i++)
        {
            _groups.Pass(5000);
            _groups.Heartbeat(first.Value.MemberId, 1); // alive, but it does not assign
        }

        Assert.Equal(ErrorCode.RebalanceInProgress, follower.Value.Error);
        var again = _groups.Join(TestGroups.JoinRequest(member: second.Value.MemberId));
        Assert.Equal((2, second.Value.MemberId), (again.Value.GenerationId, again.Value.LeaderId));
    }
}
