using System.Diagnostics.CodeAnalysis;
using System.Text;
using Actors.Abstractions;
using Actors.Model.Records;
using Microsoft.Extensions.Logging;

namespace Actors.Client;

/// <summary>One topic: thread-safe, kept for the client's life. See <see cref="ActorsClient.Topic"/>.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore's wait handle is never made: there is nothing to dispose.")]
public sealed partial class TopicHandle
{
    private readonly IGrainFactory _grains;
    private readonly ITopicGrain _topic;
    private readonly ActorsClientOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, PartitionAppender> _appenders = [];
    private readonly SemaphoreSlim _entry = new(1, 1);
    private TopicInfo? _known;
    private long _knownSince;
    private int _sticky;
    private int _stickySince = -1;
    private bool _isClosed;

    internal TopicHandle(string name, IGrainFactory grains, ActorsClientOptions options, ILogger logger, TimeProvider time)
    {
        Name = name;
        _grains = grains;
        _topic = grains.GetGrain<ITopicGrain>(name);
        _options = options;
        _logger = logger;
        _time = time;
    }

    /// <summary>The topic's name.</summary>
    public string Name { get; }

    /// <summary>Creates the topic.</summary>
    /// <exception cref="LogException">It was refused, perhaps because it exists, or no answer came in the delivery timeout.</exception>
    public async Task<TopicInfo> CreateAsync(TopicSpec? spec = null, CancellationToken cancellationToken = default) =>
        Remember((await TryCreateAsync(spec, cancellationToken).ConfigureAwait(false)).GetValueOrThrow());

    /// <summary>Creates the topic if there is none; one that is there stays as it is.</summary>
    /// <exception cref="LogException">
    /// It was refused, the name being one of the cluster's own topics perhaps (<c>InvalidTopicException</c>), or no answer came within
    /// the delivery timeout.
    /// </exception>
    public async Task<TopicInfo> EnsureCreatedAsync(TopicSpec? spec = null, CancellationToken cancellationToken = default)
    {
        var created = await TryCreateAsync(spec, cancellationToken).ConfigureAwait(false);
        if (created.Error != ErrorCode.TopicAlreadyExists)
        {
            return Remember(created.GetValueOrThrow());
        }

        var there = await DescribeAsync(cancellationToken).ConfigureAwait(false);
        return !there.IsInternal ? there : throw new LogException(
            AnswerKind.Refused, ErrorCode.InvalidTopicException, $"Topic '{Name}' belongs to the cluster itself: choose another name.");
    }

    /// <summary>
    /// Creates the topic; every outcome is a value. After a try without an answer <c>TopicAlreadyExists</c> may mean that this very call
    /// created it.
    /// </summary>
    public ValueTask<Answer<TopicInfo>> TryCreateAsync(TopicSpec? spec = null, CancellationToken cancellationToken = default) =>
        RetryAsync(() => _topic.CreateAsync(spec ?? new TopicSpec(), cancellationToken), cancellationToken);

    /// <summary>The topic as it is now.</summary>
    /// <exception cref="LogException">There is none, or no answer came within the delivery timeout.</exception>
    public async Task<TopicInfo> DescribeAsync(CancellationToken cancellationToken = default) =>
        Remember((await RetryAsync(() => _topic.DescribeAsync(cancellationToken), cancellationToken).ConfigureAwait(false)).GetValueOrThrow());

    /// <summary>Deletes the topic and all its data.</summary>
    /// <exception cref="LogException">There is none, or no answer came within the delivery timeout.</exception>
    public async Task DeleteAsync(CancellationToken cancellationToken = default)
    {
        var deleted = await RetryAsync(() => _topic.DeleteAsync(cancellationToken), cancellationToken).ConfigureAwait(false);
        _known = null;
        deleted.GetValueOrThrow();
    }

    /// <summary>
    /// Appends a record and completes when it is durable. A key decides the partition (<see cref="KeyPartitioner"/>); records without
    /// one fill the partitions in turn, a batch each. Records appended meanwhile travel together; those of one partition keep the order of
    /// the calls. A timestamp of 0 is replaced by the clock's.
    /// </summary>
    /// <exception cref="LogException">
    /// It was not appended, or <see cref="LogException.IsOutcomeUnknown"/> where no answer came within the delivery timeout.
    /// </exception>
    public async ValueTask<AppendedRecord> AppendAsync(Record record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        var timed = record.TimestampMs != 0 ? record : record with { TimestampMs = _time.GetUtcNow().ToUnixTimeMilliseconds() };
        int partition;
        Task<long> appended;
        await _entry.WaitAsync(cancellationToken).ConfigureAwait(false); // first come, first queued, also while the topic is looked up
        try
        {
            var count = (await KnownAsync(cancellationToken).ConfigureAwait(false)).Partitions.Length;
            (partition, var appender) = Choose(timed, count);
            appended = await appender.EnqueueAsync(timed, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _entry.Release();
        }

        return new AppendedRecord(partition, await appended.WaitAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Appends a record of UTF-8 texts. See <see cref="AppendAsync"/>.</summary>
    public ValueTask<AppendedRecord> AppendTextAsync(string? key, string value, CancellationToken cancellationToken = default)
    {
        var record = new Record { Value = Encoding.UTF8.GetBytes(value) };
        return AppendAsync(key is null ? record : record with { Key = Encoding.UTF8.GetBytes(key) }, cancellationToken);
    }

    internal async Task CloseAsync()
    {
        Task[] closing;
        lock (_gate)
        {
            _isClosed = true;
            closing = [.. _appenders.Values.Select(a => a.CloseAsync())];
        }

        await Task.WhenAll(closing).ConfigureAwait(false);
    }

    private (int Partition, PartitionAppender Appender) Choose(Record record, int count)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (record.Key is { } key)
            {
                var partition = KeyPartitioner.Partition(key.Span, count);
                return (partition, AppenderOf(partition));
            }

            var appender = AppenderOf(_sticky %= count);
            if (_stickySince >= 0 && appender.BatchesSent != _stickySince)
            {
                _sticky = (_sticky + 1) % count;
                appender = AppenderOf(_sticky);
            }

            _stickySince = appender.BatchesSent;
            return (_sticky, appender);
        }
    }

    private PartitionAppender AppenderOf(int partition)
    {
        if (!_appenders.TryGetValue(partition, out var appender))
        {
            var key = new PartitionKey(Name, partition);
            appender = new PartitionAppender(key, Grain(partition), _topic, _options, _logger, _time);
            _appenders.Add(partition, appender);
        }

        return appender;
    }

    private IPartitionGrain Grain(int partition) => _grains.GetGrain<IPartitionGrain>(new PartitionKey(Name, partition).ToString());

    private ValueTask<TopicInfo> KnownAsync(CancellationToken cancellationToken) =>
        _known is { } known && _time.GetElapsedTime(Volatile.Read(ref _knownSince)) < _options.MetadataMaxAge
            ? new(known)
            : new(DescribeAsync(cancellationToken));

    private TopicInfo Remember(TopicInfo topic)
    {
        Volatile.Write(ref _knownSince, _time.GetTimestamp());
        _known = topic;
        return topic;
    }

    private ValueTask<Answer<TopicInfo>> RetryAsync(Func<ValueTask<Answer<TopicInfo>>> call, CancellationToken cancellationToken) =>
        CallOutcome.RetryAsync(call, _options.DeliveryTimeout, _time, cancellationToken);
}
