using Actors.Model;
using Actors.Model.Groups;

namespace Actors.Tests.Groups;

public sealed class SessionTests
{
    private readonly TestGroups _groups = new();

    [Fact]
    public void A_member_without_heartbeats_is_out_after_its_session_timeout_and_not_before()
    {
        var ids = _groups.Stable(2);
        _groups.Heartbeat(ids[0], 1);
        _groups.Heartbeat(ids[1], 1);
        _groups.Pass(6000);
        _groups.Heartbeat(ids[0], 1);
        _groups.Pass(3900);
        Assert.Equal(GroupState.Stable, _groups.Describe().State);
        _groups.Pass(1200);
        Assert.Equal(GroupState.PreparingRebalance, _groups.Describe().State);
        Assert.Equal(ErrorCode.UnknownMemberId, _groups.Heartbeat(ids[1], 1));
        Assert.Equal(2, _groups.Join(TestGroups.JoinRequest(member: ids[0])).Value.GenerationId);
    }

    [Fact]
    public void A_pause_of_the_node_expires_nobody()
    {
        var ids = _groups.Stable(3);
        _groups.Stall(3_600_000);
        Assert.Equal(GroupState.Stable, _groups.Describe().State);
        Assert.All(ids, i => Assert.Equal(ErrorCode.None, _groups.Heartbeat(i, 1)));
        for (var i = 0; i < 5; i++)
        {
            _groups.Stall(60_000);
        }

        Assert.Equal(GroupState.Stable, _groups.Describe().State);
    }

    [Fact]
    public void The_last_member_that_leaves_leaves_an_empty_group_in_the_log()
    {
        var ids = _groups.Stable(1);
        _groups.CommitsAtOnce = false;
        var left = _groups.Leave(new LeavingMember(ids[0], null, "done"));
        Assert.False(left.IsThere);
        _groups.Commit();
        Assert.Equal(ErrorCode.None, left.Value.Members.Single().Error);
        Assert.Equal(GroupState.Empty, _groups.Describe().State);
        Assert.Equal((GroupState.Empty, 2), (_groups.Reloaded().Describe().State, _groups.Reloaded().Describe().GenerationId));
    }

    [Fact]
    public void Several_members_leave_at_once_each_with_its_own_answer()
    {
        var ids = _groups.Stable(3, "i0");
        var left = _groups.Leave(
            new LeavingMember(ids[1], null, null), new LeavingMember("x", null, null), new LeavingMember("", "i0", null),
            new LeavingMember("y", "i0", null));
        Assert.Equal(
            [ErrorCode.None, ErrorCode.UnknownMemberId, ErrorCode.None, ErrorCode.UnknownMemberId], left.Value.Members.Select(m => m.Error));
        Assert.Single(_groups.Describe().Members);
        Assert.Equal(ErrorCode.UnknownMemberId, new TestGroups().Leave(new LeavingMember("a", null, null)).Value.Members.Single().Error);
    }

    [Fact]
    public void Heartbeats_are_checked()
    {
        var ids = _groups.Stable(1);
        Assert.Equal(ErrorCode.None, _groups.Heartbeat(ids[0], 1));
        Assert.Equal(ErrorCode.IllegalGeneration, _groups.Heartbeat(ids[0], 0));
        Assert.Equal(ErrorCode.UnknownMemberId, _groups.Heartbeat("x", 1));
        Assert.Equal(ErrorCode.UnknownMemberId, _groups.Heartbeat("x", 1, group: "h"));
        Assert.Equal(ErrorCode.InvalidGroupId, _groups.Heartbeat("x", 1, group: ""));
    }

    [Fact]
    public void A_static_member_comes_back_to_a_stable_group_without_a_rebalance()
    {
        var ids = _groups.Stable(2, "i0", "i1");
        var back = _groups.Join(TestGroups.JoinRequest(instance: "i1")).Value;
        Assert.Equal((ErrorCode.None, 1, ids[0]), (back.Error, back.GenerationId, back.LeaderId));
        Assert.NotEqual(ids[1], back.MemberId);
        Assert.Equal(1, _groups.Sync(back.MemberId, 1).Value.Assignment.Span[0]);
        Assert.Equal(ErrorCode.FencedInstanceId, _groups.Heartbeat(ids[1], 1, "i1"));
        Assert.Equal(ErrorCode.None, _groups.Heartbeat(back.MemberId, 1, "i1"));
        Assert.Equal(ErrorCode.FencedInstanceId, _groups.Join(TestGroups.JoinRequest(member: ids[1], instance: "i1")).Value.Error);

        // And so after a crash: its new id is in the log.
        Assert.Equal(ErrorCode.None, _groups.Reloaded().Heartbeat(back.MemberId, 1, "i1"));
    }

    [Fact]
    public void A_static_leader_that_comes_back_is_told_not_to_assign_where_it_understands_that()
    {
        _groups.Stable(2, "i0", "i1");
        var back = _groups.Join(TestGroups.JoinRequest(instance: "i0") with { CanSkipAssignment = true }).Value;
        Assert.True(back.SkipAssignment);
        Assert.Equal(back.MemberId, back.LeaderId);
        Assert.Equal(2, back.Members.Count);
        var older = _groups.Join(TestGroups.JoinRequest(instance: "i0")).Value;
        Assert.Equal((false, back.MemberId), (older.SkipAssignment, older.LeaderId));
    }

    [Fact]
    public void A_static_member_that_changes_the_choice_of_assignor_begins_a_rebalance()
    {
        _groups.Stable(1, "i0");
        var back = _groups.Join(TestGroups.JoinRequest(instance: "i0") with
        {
            Protocols = [new GroupProtocol("other", TestGroups.Subscription("orders")), new GroupProtocol("range", TestGroups.Subscription("orders"))],
        });
        Assert.Equal((2, "other"), (back.Value.GenerationId, back.Value.ProtocolName));
    }

    [Fact]
    public void A_static_members_parked_join_is_fenced_by_its_successor()
    {
        _groups.Stable(2, "i0");
        var parked = _groups.Join(TestGroups.JoinRequest(instance: "i0") with { Protocols = [new GroupProtocol("range", new byte[] { 9 })] });
        Assert.Equal(ErrorCode.None, parked.Value.Error);
        _groups.Join(TestGroups.JoinRequest());
        var waiting = _groups.Join(TestGroups.JoinRequest(instance: "i0"));
        var successor = _groups.Join(TestGroups.JoinRequest(instance: "i0"));
        Assert.Equal(ErrorCode.FencedInstanceId, waiting.Value.Error);
        Assert.False(successor.IsThere);
    }
}
