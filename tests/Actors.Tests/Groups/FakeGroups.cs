using System.Collections.Concurrent;
using System.Threading.Channels;
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
    private readonly ConcurrentQueue<Action> _heldCommits = new();
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<bool> _beats = Channel.CreateUnbounded<bool>();
    private volatile string? _heldGroup;

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
        if (request.GroupId == _heldGroup && _held.Task.IsCompleted)
        {
            _beats.Writer.TryWrite(true);
        }
    }

    public void Leave(LeaveGroup request, IGroupWaiter<LeaveGroupAnswer> waiter, long token) => Step(GroupInput.Leave(request, waiter, token, 1));

    /// <summary>Commits of a group wait until <see cref="ReleaseCommits"/>, while its heartbeats are counted.</summary>
    public void HoldCommits(string groupId) => _heldGroup = groupId;

    /// <summary>Completes when a commit waits and so many heartbeats were answered since.</summary>
    public async Task WhenCommitIsHeldAsync(int heartbeats)
    {
        await _held.Task.WaitAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < heartbeats; i++)
        {
            await _beats.Reader.ReadAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Commits are answered again.</summary>
    public void ReleaseCommits()
    {
        _heldGroup = null;
        while (_heldCommits.TryDequeue(out var commit))
        {
            commit();
        }
    }

    public void CommitOffsets(in CommitOffsets request, IGroupWaiter<CommitOffsetsAnswer> waiter, long token)
    {
        var held = request;
        if (held.GroupId == _heldGroup)
        {
            _heldCommits.Enqueue(() => Step(GroupInput.CommitOffsets(held, waiter, token, 1)));
            _held.TrySetResult();
            return;
        }

        Step(GroupInput.CommitOffsets(request, waiter, token, 1));
    }

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
