using Actors.Groups;
using Actors.Model;
using Actors.Model.Groups;

namespace Actors.Tests.Groups;

public sealed class OffsetTests
{
    private const int Day = 24 * 60 * 60 * 1000;

    private readonly TestGroups _groups = new();

    [Fact]
    public void A_commit_is_acknowledged_and_told_only_once_it_is_in_the_log()
    {
        _groups.CommitsAtOnce = false;
        var commit = _groups.CommitOffset(10);
        var read = _groups.FetchAll();
        Assert.False(commit.IsThere || read.IsThere);
        var later = _groups.CommitOffset(20);
        _groups.Step(GroupInput.Committed(1, _groups.NowMs));
        Assert.Equal(ErrorCode.None, commit.Value.Error);
        Assert.Equal(10, read.Value.Topics.Single().Offsets.Single().Offset);
        Assert.False(later.IsThere);
        _groups.Commit();
        Assert.Equal(20, _groups.OffsetOf());
        Assert.Equal(20, _groups.Reloaded().OffsetOf());
    }

    [Fact]
    public void A_machine_that_fails_tells_everybody_and_serves_no_more()
    {
        var ids = _groups.Stable(1);
        var join = _groups.Join(TestGroups.JoinRequest());
        _groups.CommitsAtOnce = false;
        var commit = _groups.CommitOffset(1, group: "other");
        var read = _groups.FetchAll("other");
        _groups.Step(GroupInput.Failed(ErrorCode.NotCoordinator));
        Assert.Equal(
            (ErrorCode.NotCoordinator, ErrorCode.NotCoordinator, ErrorCode.NotCoordinator), (commit.Value.Error, read.Value.Error, join.Value.Error));
        Assert.Equal(ErrorCode.NotCoordinator, _groups.Heartbeat(ids[0], 1));
        Assert.Equal(ErrorCode.NotCoordinator, _groups.CommitOffset(1).Value.Error);
    }

    [Fact]
    public void A_group_that_does_not_exist_has_no_offsets_and_no_error()
    {
        Assert.Equal(-1, _groups.OffsetOf("nobody"));
        Assert.Empty(_groups.FetchAll("nobody").Value.Topics);
        Assert.Equal(ErrorCode.GroupIdNotFound, _groups.Describe("nobody").Error);
    }

    [Fact]
    public void Members_commit_in_their_generation_and_nobody_else_does()
    {
        var ids = _groups.Stable(1);
        Assert.Equal(ErrorCode.None, _groups.CommitOffset(1, member: ids[0], generation: 1).Value.Error);
        Assert.Equal(ErrorCode.IllegalGeneration, _groups.CommitOffset(2, member: ids[0], generation: 0).Value.Error);
        Assert.Equal(ErrorCode.UnknownMemberId, _groups.CommitOffset(2, member: "x", generation: 1).Value.Error);
        Assert.Equal(ErrorCode.UnknownMemberId, _groups.CommitOffset(2).Value.Error);
        Assert.Equal(ErrorCode.IllegalGeneration, _groups.CommitOffset(2, group: "none", member: "x", generation: 1).Value.Error);
        Assert.Equal(1, _groups.OffsetOf());
        _groups.Join(TestGroups.JoinRequest());
        Assert.Equal(ErrorCode.None, _groups.CommitOffset(3, member: ids[0], generation: 1).Value.Error);
        _groups.Join(TestGroups.JoinRequest(member: ids[0]));
        Assert.Equal(ErrorCode.RebalanceInProgress, _groups.CommitOffset(4, member: ids[0], generation: 2).Value.Error);
    }

    [Fact]
    public void A_commit_is_a_heartbeat()
    {
        var ids = _groups.Stable(1);
        for (var i = 0; i < 5; i++)
        {
            _groups.Pass(8000);
            Assert.Equal(ErrorCode.None, _groups.CommitOffset(i, member: ids[0], generation: 1).Value.Error);
        }
    }

    [Fact]
    public void A_note_that_is_too_long_is_refused_for_its_partition_alone()
    {
        var answer = new Answer<CommitOffsetsAnswer>();
        _groups.Step(GroupInput.CommitOffsets(
            new CommitOffsets
            {
                GroupId = "g",
                GenerationId = -1,
                MemberId = "",
                RetentionMs = -1,
                Offsets = new[]
                {
                    new OffsetToCommit("orders", Guid.Empty, 0, 5, -1, new string('x', 4097)),
                    new OffsetToCommit("orders", Guid.Empty, 1, 6, 2, new string('x', 4096)),
                },
            },
            answer, 0, _groups.NowMs));
        Assert.Equal((ErrorCode.OffsetMetadataTooLarge, ErrorCode.None), (answer.Value.ErrorAt(0), answer.Value.ErrorAt(1)));
        Assert.Equal((-1, 6), (_groups.OffsetOf(), _groups.OffsetOf(partition: 1)));
    }

    [Fact]
    public void A_commit_that_fits_into_no_batch_is_refused_whole()
    {
        var groups = new TestGroups(new GroupSettings { MaxRecordsBytes = 300 });
        var answer = new Answer<CommitOffsetsAnswer>();
        var offsets = Enumerable.Range(0, 20).Select(i => new OffsetToCommit("orders", Guid.Empty, i, i, -1, "note")).ToArray();
        groups.Step(GroupInput.CommitOffsets(
            new CommitOffsets { GroupId = "g", GenerationId = -1, MemberId = "", RetentionMs = -1, Offsets = offsets }, answer, 0, groups.NowMs));
        Assert.Equal(ErrorCode.InvalidCommitOffsetSize, answer.Value.Error);
        Assert.Empty(groups.Log);
        Assert.True(groups.FetchAll().IsThere);
    }

    [Fact]
    public void Offsets_of_an_empty_group_expire_a_retention_after_it_became_empty()
    {
        var ids = _groups.Stable(1);
        _groups.CommitOffset(1, member: ids[0], generation: 1);
        for (var day = 0; day < 10; day++)
        {
            _groups.Stall(Day);
            Assert.Equal(ErrorCode.None, _groups.Heartbeat(ids[0], 1));
        }

        Assert.Equal(1, _groups.OffsetOf());
        _groups.Leave(new LeavingMember(ids[0], null, null));
        _groups.Stall((7L * Day) - 60_000);
        Assert.Equal(1, _groups.OffsetOf());
        _groups.Stall(11 * 60_000);
        Assert.Equal(-1, _groups.OffsetOf());
        Assert.Equal(ErrorCode.GroupIdNotFound, _groups.Describe().Error);
        Assert.Equal(ErrorCode.GroupIdNotFound, _groups.Reloaded().Describe().Error);
        Assert.Empty(_groups.Reloaded().FetchAll().Value.Topics);
    }

    [Fact]
    public void Offsets_without_a_group_expire_a_retention_after_their_commit_or_when_the_commit_said()
    {
        _groups.CommitOffset(1);
        _groups.CommitOffset(2, partition: 1, retentionMs: 3 * Day);
        _groups.Stall(3L * Day);
        Assert.Equal((1, -1), (_groups.OffsetOf(), _groups.OffsetOf(partition: 1)));
        _groups.Stall(4L * Day);
        Assert.Equal(-1, _groups.OffsetOf());
    }

    [Fact]
    public void A_stable_group_keeps_the_offsets_of_the_topics_it_reads_and_loses_old_others()
    {
        var ids = _groups.Stable(1);
        _groups.CommitOffset(1, member: ids[0], generation: 1);
        _groups.CommitOffset(2, member: ids[0], generation: 1, topic: "old");
        _groups.Stall(7L * Day);
        Assert.Equal((1, -1), (_groups.OffsetOf(), _groups.OffsetOf(topic: "old")));
    }

    [Fact]
    public void Offsets_go_with_their_topic()
    {
        _groups.CommitOffset(1);
        _groups.CommitOffset(2, topic: "other");
        _groups.Step(GroupInput.TopicDeleted("orders", _groups.NowMs));
        Assert.Equal((-1, 2), (_groups.OffsetOf(), _groups.OffsetOf(topic: "other")));
        Assert.Equal((-1, 2), (_groups.Reloaded().OffsetOf(), _groups.Reloaded().OffsetOf(topic: "other")));
    }

    [Fact]
    public void Offsets_of_another_topic_of_the_same_name_are_forgotten()
    {
        var (dead, living) = (Guid.NewGuid(), Guid.NewGuid());
        _groups.CommitOffset(7, partition: 0, topicId: dead);
        _groups.CommitOffset(8, partition: 1, topicId: living);
        _groups.CommitOffset(9, partition: 2);
        _groups.Step(GroupInput.TopicIs("orders", living, _groups.NowMs));
        foreach (var groups in new[] { _groups, _groups.Reloaded() })
        {
            Assert.Equal([-1, 8, 9], Enumerable.Range(0, 3).Select(p => groups.OffsetOf(partition: p)));
        }
    }

    [Fact]
    public void A_refused_join_makes_an_empty_group_in_which_nobody_may_commit()
    {
        var refused = _groups.Join(TestGroups.JoinRequest() with { Protocols = [] });
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, refused.Value.Error);
        Assert.Equal(GroupState.Empty, _groups.Describe().State);
        Assert.Equal(ErrorCode.UnknownMemberId, _groups.CommitOffset(5, member: "m", generation: 1).Value.Error);
        Assert.Equal(ErrorCode.None, _groups.CommitOffset(5).Value.Error);
    }

    [Fact]
    public void Offsets_of_topics_that_members_read_cannot_be_deleted()
    {
        var ids = _groups.Stable(1);
        _groups.CommitOffset(1, member: ids[0], generation: 1);
        _groups.CommitOffset(2, member: ids[0], generation: 1, topic: "old");
        Assert.Equal(ErrorCode.GroupSubscribedToTopic, _groups.DeleteOffset("orders", 0).Value.Errors[0][0]);
        Assert.Equal(ErrorCode.None, _groups.DeleteOffset("old", 0).Value.Errors[0][0]);
        Assert.Equal(ErrorCode.None, _groups.DeleteOffset("old", 99).Value.Errors[0][0]);
        Assert.Equal((1, -1), (_groups.OffsetOf(), _groups.OffsetOf(topic: "old")));
        Assert.Equal(ErrorCode.GroupIdNotFound, new TestGroups().DeleteOffset("old", 0).Value.Error);
    }

    [Fact]
    public void A_group_whose_subscriptions_cannot_be_read_counts_as_reading_everything()
    {
        var cut = TestGroups.Subscription()[..^4];
        var join = _groups.Join(TestGroups.JoinRequest() with { Protocols = [new GroupProtocol("range", cut)] });
        _groups.Pass(3000);
        _groups.SyncAll(join);
        Assert.Equal(ErrorCode.GroupSubscribedToTopic, _groups.DeleteOffset("orders", 0).Value.Errors[0][0]);
    }

    [Fact]
    public void Only_an_empty_group_can_be_deleted_and_all_of_it_goes()
    {
        var ids = _groups.Stable(1);
        _groups.CommitOffset(1, member: ids[0], generation: 1);
        Assert.Equal(ErrorCode.NonEmptyGroup, _groups.Delete().Value);
        _groups.Leave(new LeavingMember(ids[0], null, null));
        _groups.CommitsAtOnce = false;
        var deleted = _groups.Delete();
        Assert.False(deleted.IsThere);
        _groups.Commit();
        Assert.Equal(ErrorCode.None, deleted.Value);
        Assert.Equal(ErrorCode.GroupIdNotFound, _groups.Delete().Value);
        Assert.Equal((-1, ErrorCode.GroupIdNotFound), (_groups.Reloaded().OffsetOf(), _groups.Reloaded().Describe().Error));
    }

    [Fact]
    public void Listing_filters_by_state_and_type()
    {
        _groups.Stable(1);
        _groups.CommitOffset(1, group: "simple");
        string[] List(string[] states, string[] types)
        {
            var found = new List<ListedGroup>();
            _groups.Machine.CopyGroups(new ListGroups(states, types), found);
            return [.. found.Select(f => f.GroupId).Order()];
        }

        Assert.Equal(["g", "simple"], List([], []));
        Assert.Equal(["g"], List(["stable"], []));
        Assert.Equal(["simple"], List(["Empty", "Dead"], ["Classic"]));
        Assert.Empty(List([], ["consumer"]));
    }

    [Fact]
    public void What_the_log_holds_is_what_is_served_after_a_restart()
    {
        var ids = _groups.Stable(2, "i0");
        _groups.CommitOffset(7, member: ids[0], generation: 1, metadata: "note");
        var before = _groups.Describe();
        var after = _groups.Reloaded();
        var described = after.Describe();
        Assert.Equal((before.State, before.GenerationId, before.ProtocolName), (described.State, described.GenerationId, described.ProtocolName));
        Assert.Equal(before.Members.Select(m => m.MemberId), described.Members.Select(m => m.MemberId));
        Assert.Equal(before.Members.Select(m => m.Assignment.ToArray()), described.Members.Select(m => m.Assignment.ToArray()));
        Assert.Equal("note", after.FetchAll().Value.Topics.Single().Offsets.Single().Metadata);
        Assert.All(ids.Skip(1), i => Assert.Equal(ErrorCode.None, after.Heartbeat(i, 1)));
    }
}
