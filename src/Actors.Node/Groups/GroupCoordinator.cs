using System.Diagnostics;
using Actors.Groups;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Leases;
using Actors.Model.Machines;
using Actors.Model.Ports;
using Actors.Model.Records;

namespace Actors.Node.Groups;

/// <summary>
/// One partition of <c>__consumer_offsets</c> that is led here: a <see cref="GroupMachine"/> over its log. Its lock orders everything that
/// happens to the groups. Under it: machine steps, records written into the open batch, one append at a time (so the partition's lock is
/// taken inside this one, never the other way round), answers stored. Never under it: waking, I/O.
/// <para>One batch is on its way at a time; what comes meanwhile gathers in the next one, so that a busy partition syncs many commits at
/// once and an idle one answers after one sync.</para>
/// </summary>
internal sealed class GroupCoordinator : IAppendWaiter, IThreadPoolWorkItem
{
    /// <summary>Framing of a record around its key and value, at most.</summary>
    private const int RecordOverheadBytes = 32;

    [ThreadStatic]
    private static List<IGroupWake>? t_wakes;

    private readonly Lock _lock = new();
    private readonly GroupMachine _machine;
    private readonly ILocalPartition _partition;
    private readonly LeasePool _leases;
    private readonly TimeProvider _time;
    private readonly Action<GroupCoordinator, ErrorCode> _failed;
    private readonly Queue<(LeasedBatch Batch, long Sequence)> _full = new();
    private Effects<GroupEffect> _effects;
    private LeasedBatch? _open;
    private long _openSequence;
    private bool _underWay;
    private long _underWaySequence;
    private AppendOutcome _outcome;
    private ErrorCode _failure;

    /// <summary>A loaded machine takes up service over an open partition.</summary>
    public GroupCoordinator(
        int index, GroupMachine machine, ILocalPartition partition, int leaderEpoch, LeasePool leases, TimeProvider time,
        Action<GroupCoordinator, ErrorCode> failed)
    {
        Index = index;
        LeaderEpoch = leaderEpoch;
        _machine = machine;
        _partition = partition;
        _leases = leases;
        _time = time;
        _failed = failed;
    }

    /// <summary>Which partition of <c>__consumer_offsets</c>.</summary>
    public int Index { get; }

    /// <summary>The epoch in which it was loaded; it appends in no other.</summary>
    public int LeaderEpoch { get; }

    /// <summary>Number of groups.</summary>
    public int GroupCount => _machine.GroupCount;

    /// <summary>Something happens to the groups.</summary>
    public void Step(in GroupInput input)
    {
        var wakes = t_wakes ?? [];
        t_wakes = null; // a waiter's wake may come back here
        ErrorCode failure;
        lock (_lock)
        {
            if (input.Kind == GroupInputKind.Failed)
            {
                Discard(); // nobody is told that these were written
            }

            _machine.Step(input, ref _effects);
            Interpret(wakes);
            AppendNext(wakes);
            failure = _failure;
            _failure = ErrorCode.None;
        }

        Finish(wakes, failure);
    }

    /// <summary>Adds the groups that fit the request.</summary>
    public void CopyGroups(in ListGroups request, ICollection<ListedGroup> into)
    {
        lock (_lock)
        {
            _machine.CopyGroups(request, into);
        }
    }

    /// <summary>This node leads the partition no longer, or stops: everybody who waits is told.</summary>
    public void Resign(ErrorCode error) => Step(GroupInput.Failed(error));

    bool IAppendWaiter.OnAppended(long token, in AppendOutcome outcome)
    {
        _outcome = outcome; // read by the turn that Wake asks for; nothing else is under way before it
        return true;
    }

    // On the log's thread, which has other partitions to serve.
    void IAppendWaiter.Wake() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    void IThreadPoolWorkItem.Execute()
    {
        var wakes = t_wakes ?? [];
        t_wakes = null;
        ErrorCode failure;
        lock (_lock)
        {
            Debug.Assert(_underWay, "an append was done that nobody asked for");
            _underWay = false;
            OnDone(_outcome, wakes);
            AppendNext(wakes);
            failure = _failure;
            _failure = ErrorCode.None;
        }

        Finish(wakes, failure);
    }

    private void Finish(List<IGroupWake> wakes, ErrorCode failure)
    {
        foreach (var wake in wakes)
        {
            wake.Wake();
        }

        wakes.Clear();
        t_wakes = wakes;
        if (failure != ErrorCode.None)
        {
            _failed(this, failure);
        }
    }

    private void Interpret(List<IGroupWake> wakes)
    {
        KeepTogether();
        foreach (ref readonly var effect in _effects.Items)
        {
            if (effect.Kind == GroupEffectKind.Append)
            {
                Write(effect);
            }
            else if (effect.Waiter is { } waiter && effect.Deliver())
            {
                wakes.Add(waiter);
            }
        }

        _effects.Clear();
    }

    // The records of one step go into one batch where they fit into any: all of them are in the log, or none is.
    private void KeepTogether()
    {
        if (_open is null)
        {
            return;
        }

        long bytes = 0;
        long sequence = 0;
        foreach (ref readonly var effect in _effects.Items)
        {
            if (effect.Kind == GroupEffectKind.Append)
            {
                bytes += effect.Key.Length + effect.Value.Length + RecordOverheadBytes;
                sequence = effect.Sequence;
            }
        }

        if (bytes > 0 && _open.SizeBytes + bytes > GroupHostOptions.MaxBatchBytes)
        {
            SealStep(sequence);
            _open = null;
        }
    }

    private void Write(in GroupEffect effect)
    {
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _open ??= new LeasedBatch(_leases, GroupHostOptions.MaxBatchBytes);
        if (!_open.TryAdd(nowMs, effect.Key.Span, effect.Value.Span, !effect.IsTombstone))
        {
            SealStep(effect.Sequence);
            _open = new LeasedBatch(_leases, GroupHostOptions.MaxBatchBytes);
            if (!_open.TryAdd(nowMs, effect.Key.Span, effect.Value.Span, !effect.IsTombstone))
            {
                throw new InvalidOperationException($"A record of {effect.Key.Length + effect.Value.Length} bytes fits into no batch.");
            }
        }

        _openSequence = effect.Sequence;
    }

    // A step that goes over the end of its batch is committed with its last part.
    private void SealStep(long sequence) =>
        _full.Enqueue((_open!, _openSequence == sequence ? sequence - 1 : _openSequence));

    private void AppendNext(List<IGroupWake> wakes)
    {
        while (!_underWay)
        {
            if (!_full.TryDequeue(out var next))
            {
                if (_open is null)
                {
                    return;
                }

                next = (_open, _openSequence);
                _open = null;
            }

            var batch = next.Batch.Seal();
            _underWaySequence = next.Sequence;
            _underWay = true;
            var result = _partition.Append(new AppendRequest
            {
                Batch = batch,
                Info = RecordBatch.ReadInfo(batch.Span),
                ExpectedLeaderEpoch = LeaderEpoch,
                Acks = AckMode.All,
                Origin = AppendOrigin.Coordinator,
                Waiter = this,
            });
            if (!result.IsPending)
            {
                _underWay = false;
                OnDone(result.Outcome, wakes);
            }
        }
    }

    private void OnDone(in AppendOutcome outcome, List<IGroupWake> wakes)
    {
        var input = outcome.Error == ErrorCode.None
            ? GroupInput.Committed(_underWaySequence, _time.GetUtcNow().ToUnixTimeMilliseconds())
            : GroupInput.Failed(ToGroupError(outcome.Error));
        if (outcome.Error != ErrorCode.None)
        {
            Discard();
            _failure = outcome.Error;
        }

        _machine.Step(input, ref _effects);
        Interpret(wakes);
    }

    private void Discard()
    {
        _open?.Discard();
        _open = null;
        while (_full.TryDequeue(out var full))
        {
            full.Batch.Discard();
        }
    }

    private static ErrorCode ToGroupError(ErrorCode error) =>
        error is ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch or ErrorCode.UnknownLeaderEpoch
            ? ErrorCode.NotCoordinator : ErrorCode.CoordinatorNotAvailable;
}
