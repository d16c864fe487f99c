using Actors.Groups;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Node.Cluster;
using Microsoft.Extensions.Logging;

namespace Actors.Node.Groups;

/// <summary>
/// The groups this node coordinates: one machine per partition of <c>__consumer_offsets</c> that it leads, loaded from its log in the
/// background. Subscribe it to the catalog, behind the partitions; <see cref="Start"/> it once the node is registered.
/// </summary>
public sealed partial class GroupHost : ILocalGroups, ICatalogObserver, IHealthSource, IAsyncDisposable
{
    private readonly GroupHostOptions _options;
    private readonly ILocalPartitions _partitions;
    private readonly ICatalog _catalog;
    private readonly ICatalogCommands _commands;
    private readonly IBatchInflater _inflater;
    private readonly LeasePool _leases;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly long _startedAt;
    private ITimer? _ticker;
    private volatile GroupSlot[] _slots = [];
    private Guid _topicId;
    private bool _started;
    private bool _isDisposed;

    /// <summary>A host that serves nothing yet.</summary>
    public GroupHost(
        GroupHostOptions options, ILocalPartitions partitions, ICatalog catalog, ICatalogCommands commands, IBatchInflater inflater,
        LeasePool leases, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(loggers);
        _options = options;
        _partitions = partitions;
        _catalog = catalog;
        _commands = commands;
        _inflater = inflater;
        _leases = leases;
        _time = time;
        _startedAt = time.GetTimestamp();
        _logger = loggers.CreateLogger("Actors.Node.Groups");
    }

    /// <summary>Number of groups of the partitions that are loaded.</summary>
    public int GroupCount => _slots.Sum(s => s.Coordinator?.GroupCount ?? 0);

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private long MonotonicMs => (long)_time.GetElapsedTime(_startedAt).TotalMilliseconds;

    /// <summary>The catalog is there: loads what this node leads, and begins to tick.</summary>
    public void Start()
    {
        lock (_slotsLock)
        {
            _started = true;
            if (_catalog.TryGetTopic(GroupPlacement.Topic, out var topic))
            {
                TakeOver(topic);
            }
        }

        _ticker = _time.CreateTimer(static state => ((GroupHost)state!).Tick(), this, _options.TickPeriod, _options.TickPeriod);
    }

    /// <inheritdoc/>
    public void Join(JoinGroup request, IGroupWaiter<JoinGroupAnswer> waiter, long token)
    {
        ArgumentNullException.ThrowIfNull(request);
        var fresh = request.MemberId.Length == 0 ? Guid.NewGuid() : default;
        if (Find(request.GroupId, out var refusal) is { } coordinator)
        {
            coordinator.Step(GroupInput.Join(request, fresh, waiter, token, NowMs));
        }
        else
        {
            Tell(waiter, token, new JoinGroupAnswer { Error = refusal, MemberId = request.MemberId });
        }
    }

    /// <inheritdoc/>
    public void Sync(SyncGroup request, IGroupWaiter<SyncGroupAnswer> waiter, long token)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Find(request.GroupId, out var refusal) is { } coordinator)
        {
            coordinator.Step(GroupInput.Sync(request, waiter, token, NowMs));
        }
        else
        {
            Tell(waiter, token, new SyncGroupAnswer(refusal, null, null, default));
        }
    }

    /// <inheritdoc/>
    public void Heartbeat(in GroupHeartbeat request, IGroupWaiter<ErrorCode> waiter, long token)
    {
        if (Find(request.GroupId, out var refusal) is { } coordinator)
        {
            coordinator.Step(GroupInput.Heartbeat(request, waiter, token, NowMs));
        }
        else
        {
            Tell(waiter, token, refusal);
        }
    }

    /// <inheritdoc/>
    public void Leave(LeaveGroup request, IGroupWaiter<LeaveGroupAnswer> waiter, long token)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Find(request.GroupId, out var refusal) is { } coordinator)
        {
            coordinator.Step(GroupInput.Leave(request, waiter, token, NowMs));
        }
        else
        {
            Tell(waiter, token, new LeaveGroupAnswer(refusal, []));
        }
    }

    /// <inheritdoc/>
    public void CommitOffsets(in CommitOffsets request, IGroupWaiter<CommitOffsetsAnswer> waiter, long token)
    {
        if (Find(request.GroupId, out var refusal) is { } coordinator)
        {
            coordinator.Step(GroupInput.CommitOffsets(request, waiter, token, NowMs));
        }
        else
        {
            Tell(waiter, token, new CommitOffsetsAnswer(refusal, null));
        }
    }

    /// <inheritdoc/>
    public void FetchOffsets(in FetchOffsets request, IGroupWaiter<FetchOffsetsAnswer> waiter, long token)
    {
        if (Find(request.GroupId, out var refusal) is { } coordinator)
        {
            coordinator.Step(GroupInput.FetchOffsets(request, waiter, token, NowMs));
        }
        else
        {
            Tell(waiter, token, new FetchOffsetsAnswer(refusal, []));
        }
    }

    /// <inheritdoc/>
    public void DeleteOffsets(DeleteOffsets request, IGroupWaiter<DeleteOffsetsAnswer> waiter, long token)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Find(request.GroupId, out var refusal) is { } coordinator)
        {
            coordinator.Step(GroupInput.DeleteOffsets(request, waiter, token, NowMs));
        }
        else
        {
            Tell(waiter, token, new DeleteOffsetsAnswer(refusal, []));
        }
    }

    /// <inheritdoc/>
    public void Describe(string groupId, IGroupWaiter<GroupDescription> waiter, long token)
    {
        if (Find(groupId, out var refusal) is { } coordinator)
        {
            coordinator.Step(GroupInput.Describe(groupId, waiter, token, NowMs));
        }
        else
        {
            Tell(waiter, token, new GroupDescription { Error = refusal, GroupId = groupId });
        }
    }

    /// <inheritdoc/>
    public void Delete(string groupId, IGroupWaiter<ErrorCode> waiter, long token)
    {
        if (Find(groupId, out var refusal) is { } coordinator)
        {
            coordinator.Step(GroupInput.Delete(groupId, waiter, token, NowMs));
        }
        else
        {
            Tell(waiter, token, refusal);
        }
    }

    /// <inheritdoc/>
    public GroupList List(in ListGroups request)
    {
        var groups = new List<ListedGroup>();
        foreach (var slot in _slots)
        {
            if (slot.Coordinator is { } coordinator)
            {
                coordinator.CopyGroups(request, groups);
            }
            else if (slot.Refusal != ErrorCode.NotCoordinator)
            {
                return new GroupList(slot.Refusal, []);
            }
        }

        groups.Sort(static (left, right) => string.CompareOrdinal(left.GroupId, right.GroupId));
        return new GroupList(ErrorCode.None, groups);
    }

    /// <inheritdoc/>
    public void Examine(ICollection<HealthFinding> findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        foreach (var slot in _slots)
        {
            if (slot is { Coordinator: null, Trouble: { } trouble })
            {
                findings.Add(new HealthFinding(HealthLevel.Red, "groups", trouble));
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return; // the node stops it in its order; a container that handed it out disposes it once more
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_ticker is not null)
        {
            await _ticker.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var slot in _slots)
        {
            Release(slot);
        }

        _stopping.Dispose();
    }

    private static void Tell<TAnswer>(IGroupWaiter<TAnswer> waiter, long token, in TAnswer answer)
    {
        if (waiter.OnAnswered(token, answer))
        {
            waiter.Wake();
        }
    }

    private GroupCoordinator? Find(string groupId, out ErrorCode refusal)
    {
        var slots = _slots;
        if (slots.Length == 0)
        {
            refusal = ErrorCode.NotCoordinator;
            return null;
        }

        var slot = slots[GroupPlacement.PartitionOf(groupId, slots.Length)];
        var coordinator = slot.Coordinator;
        refusal = coordinator is null ? slot.Refusal : ErrorCode.None;
        return coordinator;
    }
}
