using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Ports;

namespace Actors.Tests.Dashboard;

/// <summary>Groups that a test has put there, told at once.</summary>
internal sealed class FakeGroups : ILocalGroups
{
    private readonly SortedDictionary<string, (GroupDescription Group, FetchOffsetsAnswer Offsets)> _groups = new(StringComparer.Ordinal);

    /// <summary>What a list answers with, as while a coordinator loads.</summary>
    public ErrorCode ListError { get; set; }

    public void Add(GroupDescription group, params TopicOffsets[] offsets) =>
        _groups[group.GroupId] = (group, new FetchOffsetsAnswer(ErrorCode.None, offsets));

    public GroupList List(in ListGroups request) => new(
        ListError, [.. _groups.Values.Select(g => new ListedGroup(g.Group.GroupId, g.Group.ProtocolType, g.Group.State, "classic"))]);

    public void Describe(string groupId, IGroupWaiter<GroupDescription> waiter, long token) => waiter.OnAnswered(
        token,
        _groups.TryGetValue(groupId, out var found)
            ? found.Group
            : new GroupDescription { GroupId = groupId, Error = ErrorCode.GroupIdNotFound });

    public void FetchOffsets(in FetchOffsets request, IGroupWaiter<FetchOffsetsAnswer> waiter, long token)
    {
        var all = _groups.TryGetValue(request.GroupId, out var found) ? found.Offsets.Topics : [];
        var wanted = request.Topics?.Select(t => t.Topic).ToArray();
        waiter.OnAnswered(token, new FetchOffsetsAnswer(ErrorCode.None, [.. all.Where(t => wanted is null || wanted.Contains(t.Topic))]));
    }

    public ValueTask<GroupCoordinatorPlace> FindCoordinatorAsync(string groupId, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public void Join(JoinGroup request, IGroupWaiter<JoinGroupAnswer> waiter, long token) => throw new NotSupportedException();

    public void Sync(SyncGroup request, IGroupWaiter<SyncGroupAnswer> waiter, long token) => throw new NotSupportedException();

    public void Heartbeat(in GroupHeartbeat request, IGroupWaiter<ErrorCode> waiter, long token) => throw new NotSupportedException();

    public void Leave(LeaveGroup request, IGroupWaiter<LeaveGroupAnswer> waiter, long token) => throw new NotSupportedException();

    public void CommitOffsets(in CommitOffsets request, IGroupWaiter<CommitOffsetsAnswer> waiter, long token) =>
        throw new NotSupportedException();

    public void DeleteOffsets(DeleteOffsets request, IGroupWaiter<DeleteOffsetsAnswer> waiter, long token) =>
        throw new NotSupportedException();

    public void Delete(string groupId, IGroupWaiter<ErrorCode> waiter, long token) => throw new NotSupportedException();
}
