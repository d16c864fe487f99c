using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>The groups of a node that coordinates none: COORDINATOR_NOT_AVAILABLE, which clients retry.</summary>
internal sealed class NoGroups : ILocalGroups
{
    private const ErrorCode Refusal = ErrorCode.CoordinatorNotAvailable;

    /// <inheritdoc/>
    public ValueTask<GroupCoordinatorPlace> FindCoordinatorAsync(string groupId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new GroupCoordinatorPlace(Refusal, -1, -1));

    /// <inheritdoc/>
    public void Join(JoinGroup request, IGroupWaiter<JoinGroupAnswer> waiter, long token) =>
        Tell(waiter, token, new JoinGroupAnswer { Error = Refusal, MemberId = request.MemberId });

    /// <inheritdoc/>
    public void Sync(SyncGroup request, IGroupWaiter<SyncGroupAnswer> waiter, long token) =>
        Tell(waiter, token, new SyncGroupAnswer(Refusal, null, null, default));

    /// <inheritdoc/>
    public void Heartbeat(in GroupHeartbeat request, IGroupWaiter<ErrorCode> waiter, long token) => Tell(waiter, token, Refusal);

    /// <inheritdoc/>
    public void Leave(LeaveGroup request, IGroupWaiter<LeaveGroupAnswer> waiter, long token) =>
        Tell(waiter, token, new LeaveGroupAnswer(Refusal, []));

    /// <inheritdoc/>
    public void CommitOffsets(in CommitOffsets request, IGroupWaiter<CommitOffsetsAnswer> waiter, long token) =>
        Tell(waiter, token, new CommitOffsetsAnswer(Refusal, null));

    /// <inheritdoc/>
    public void FetchOffsets(in FetchOffsets request, IGroupWaiter<FetchOffsetsAnswer> waiter, long token) =>
        Tell(waiter, token, new FetchOffsetsAnswer(Refusal, []));

    /// <inheritdoc/>
    public void DeleteOffsets(DeleteOffsets request, IGroupWaiter<DeleteOffsetsAnswer> waiter, long token) =>
        Tell(waiter, token, new DeleteOffsetsAnswer(Refusal, []));

    /// <inheritdoc/>
    public void Describe(string groupId, IGroupWaiter<GroupDescription> waiter, long token) =>
        Tell(waiter, token, new GroupDescription { Error = Refusal, GroupId = groupId });

    /// <inheritdoc/>
    public void Delete(string groupId, IGroupWaiter<ErrorCode> waiter, long token) => Tell(waiter, token, Refusal);

    /// <inheritdoc/>
    public GroupList List(in ListGroups request) => new(ErrorCode.None, []);

    private static void Tell<TAnswer>(IGroupWaiter<TAnswer> waiter, long token, in TAnswer answer)
    {
        if (waiter.OnAnswered(token, answer))
        {
            waiter.Wake();
        }
    }
}
