using Actors.Abstractions;
using Microsoft.Extensions.Logging;

namespace Actors.Client;

/// <summary>
/// One member of a consumer group: it is given partitions of its topics, nobody else of the group has them, and every record is handled
/// at least once, whatever dies. The same group may hold Kafka clients that know one of its assignors. Read by one
/// <see cref="ReadAllAsync"/> or <see cref="ReadBatchesAsync"/> at a time; the first one joins the group. It lives through silos that
/// die or move. Dispose it: its partitions go to the others at once, instead of after the session timeout. See
/// <see cref="GroupHandle.Subscribe"/>.
/// </summary>
public sealed partial class GroupConsumer : IAsyncDisposable
{
    /// <summary>How long the end of a consumer may take: the last commit, the last callback, the farewell. 10 s.</summary>
    private static readonly TimeSpan s_closeTimeout = TimeSpan.FromSeconds(10);

    private readonly IGrainFactory _grains;
    private readonly GroupConsumerOptions _options;
    private readonly TimeSpan _deliveryTimeout;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly GroupMember _member;
    private readonly Action<GroupConsumer> _closed;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort;
    private readonly SemaphoreSlim _committing = new(1, 1);
    private readonly Lock _gate = new();
    private readonly Signal _readerWakes = new();
    private readonly Signal _loopWakes = new();
    private Task? _running;
    private Assignment? _assignment;
    private volatile Exception? _failure;
    private ReaderState _reader;
    private long _readerSince;
    private bool _isDisposed;

    internal GroupConsumer(
        string groupId, IReadOnlyList<string> topics, GroupConsumerOptions options, IGrainFactory grains, TimeSpan deliveryTimeout,
        ILogger logger, TimeProvider time, Action<GroupConsumer> closed)
    {
        GroupId = groupId;
        Topics = topics;
        _options = options;
        _grains = grains;
        _deliveryTimeout = deliveryTimeout;
        _logger = logger;
        _time = time;
        _closed = closed;
        _member = new GroupMember(groupId, topics, options, grains, logger, time);
        _abort = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
    }

    /// <summary>Where the code of the reader is.</summary>
    private enum ReaderState
    {
        /// <summary>Nobody reads.</summary>
        Away,
        /// <summary>It waits for the next record: nothing is being handled.</summary>
        Waiting,
        /// <summary>It handles what it was given.</summary>
        Handling,
    }

    /// <summary>The group.</summary>
    public string GroupId { get; }

    /// <summary>The topics it reads.</summary>
    public IReadOnlyList<string> Topics { get; }

    /// <summary>The partitions it has now; none while the group shares them out anew.</summary>
    public IReadOnlyList<PartitionKey> Partitions => Valid?.Partitions ?? [];

    /// <summary>Its id in the group, or empty while it is no member.</summary>
    public string MemberId => Valid?.Member.MemberId ?? "";

    /// <summary>The group's generation it is in, or -1.</summary>
    public int GenerationId => Valid?.Member.GenerationId ?? -1;

    private GroupGeneration? Valid => Current is { IsLost: false } assignment ? assignment.Generation : null;

    private Assignment? Current
    {
        get
        {
            lock (_gate)
            {
                return _assignment;
            }
        }
    }

    /// <summary>
    /// Commits what was handled (with automatic commits on), tells <see cref="GroupConsumerOptions.PartitionsRevoked"/> and leaves the
    /// group, unless it is a static member. Takes at most 10 s. A record that is being handled meanwhile counts as not handled.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        Task? running;
        lock (_gate)
        {
            _isDisposed = true;
            running = _running;
        }

        _abort.CancelAfter(s_closeTimeout);
        await _stop.CancelAsync().ConfigureAwait(false);
        _loopWakes.Raise();
        if (running is not null)
        {
            await running.ConfigureAwait(false);
        }

        _closed(this);
    }

    private void Start()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_reader != ReaderState.Away)
            {
                throw new InvalidOperationException("A consumer is read by one loop at a time.");
            }

            SetReader(ReaderState.Waiting);
            _running ??= Task.Run(RunAsync);
        }

        _loopWakes.Raise(); // a member that left since nobody read joins again
    }

    /// <summary>Under the gate.</summary>
    private void SetReader(ReaderState state)
    {
        _reader = state;
        _readerSince = _time.GetTimestamp();
    }

    private void Fail(Exception reason)
    {
        lock (_gate)
        {
            _failure ??= reason;
        }

        _readerWakes.Raise();
        _loopWakes.Raise();
    }
}
