using Actors.Groups;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Machines;
using Actors.Model.Ports;

namespace Actors.Tests.Groups;

/// <summary>The groups of a node without a log: one machine, every record committed at once.</summary>
internal sealed class FakeGroups(int nodeId) : ILocalGroups
{
    private readonly Lock _lock = new();
    private readonly GroupMachine _machine = Loaded();
    private readonly TaskCompletionSource _silent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Effects<GroupEffect> _effects;
    private string? _silentGroup;
    private ErrorCode _silence;
    private int _silentCalls;

    /// <summary>What every group is told instead of an answer.</summary>
    public ErrorCode Refusal { get; set; }

    /// <summary>The next heartbeats of a group are answered like this.</summary>
    public void Silence(string groupId, ErrorCode error, int calls)
    {
        lock (_lock)
        {
            (_silentGroup, _silence, _silentCalls) = (groupId, error, calls);
        }
    }

    /// <summary>Completes when all of them were answered.</summary>
    public Task WhenSilentAsync() => _silent.Task.WaitAsync(TestContext.Current.CancellationToken);

    public ValueTask<GroupCoordinatorPlace> FindCoordinatorAsync(string groupId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new GroupCoordinatorPlace(ErrorCode.None, nodeId, GroupPlacement.PartitionOf(groupId, GroupPlacement.PartitionCount)));

    public void Join(JoinGroup request, IGroupWaiter<JoinGroupAnswer> waiter, long token) =>
        Step(GroupInput.Join(request, Guid.NewGuid(), waiter, token, 1));

    public void Sync(SyncGroup request, IGroupWaiter<SyncGroupAnswer> waiter, long token) => Step(GroupInput.Sync(request, waiter, token, 1));

    public void Heartbeat(in GroupHeartbeat request, IGroupWaiter<ErrorCode> waiter, long token)
    {
        lock (_lock)
        {
            if (string.Equals(request.GroupId, _silentGroup, StringComparison.Ordinal) && _silentCalls > 0)
            {
                waiter.OnAnswered(token, _silence);
                if (--_silentCalls == 0)
                {
                    _silent.TrySetResult();
                }

                return;
            }
        }

        Step(GroupInput.Heartbeat(request, waiter, token, 1));
    }

    public void Leave(LeaveGroup request, IGroupWaiter<LeaveGroupAnswer> waiter, long token) => Step(GroupInput.Leave(request, waiter, token, 1));

    public void CommitOffsets(in CommitOffsets request, IGroupWaiter<CommitOffsetsAnswer> waiter, long token) =>
        Step(GroupInput.CommitOffsets(request, waiter, token, 1));

    public void FetchOffsets(in FetchOffsets request, IGroupWaiter<FetchOffsetsAnswer> waiter, long token)
    {
        if (Refusal != ErrorCode.None)
        {
            waiter.OnAnswered(token, new FetchOffsetsAnswer(Refusal, []));
            return;
        }

        Step(GroupInput.FetchOffsets(request, waiter, token, 1));
    }

    public void DeleteOffsets(DeleteOffsets request, IGroupWaiter<DeleteOffsetsAnswer> waiter, long token) =>
        Step(GroupInput.DeleteOffsets(request, waiter, token, 1));

    public void Describe(string groupId, IGroupWaiter<GroupDescription> waiter, long token) =>
        Step(GroupInput.Describe(groupId, waiter, token, 1));

    public void Delete(string groupId, IGroupWaiter<ErrorCode> waiter, long token) => Step(GroupInput.Delete(groupId, waiter, token, 1));

    public GroupList List(in ListGroups request) => new(ErrorCode.None, []);

    private static GroupMachine Loaded()
    {
        var machine = new GroupMachine(new GroupSettings { InitialRebalanceDelayMs = 0 });
        Effects<GroupEffect> effects = default;
        machine.Step(GroupInput.Loaded(1, 1), ref effects);
        return machine;
    }

    private void Step(in GroupInput input)
    {
        lock (_lock)
        {
            _machine.Step(input, ref _effects);
            var effects = _effects.Items.ToArray();
            _effects.Clear();
            if (effects.Where(e => e.Kind == GroupEffectKind.Append).Select(e => e.Sequence).DefaultIfEmpty().Max() is var last and > 0)
            {
                Deliver(effects);
                _machine.Step(GroupInput.Committed(last, 1), ref _effects);
                effects = _effects.Items.ToArray();
                _effects.Clear();
            }

            Deliver(effects);
        }
    }

    private static void Deliver(GroupEffect[] effects)
    {
        foreach (var effect in effects.Where(e => e.Kind == GroupEffectKind.Reply))
        {
            effect.Deliver();
        }
    }
}
