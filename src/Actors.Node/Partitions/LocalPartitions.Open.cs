using System.Collections.Concurrent;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Replication.Partitions;
using Actors.Storage;
using Actors.Storage.Devices;
using Microsoft.Extensions.Logging;

namespace Actors.Node.Partitions;

public sealed partial class LocalPartitions
{
    private readonly Dictionary<TopicPartitionId, TaskCompletionSource<PartitionOpening>> _openings = [];
    private readonly ConcurrentDictionary<TopicPartitionId, string> _refused = new();

    /// <inheritdoc/>
    public ValueTask<PartitionOpening> OpenAsync(TopicPartitionId id, CancellationToken cancellationToken)
    {
        if (_open.TryGetValue(id, out var hosted))
        {
            return ValueTask.FromResult(new PartitionOpening(ErrorCode.None, hosted));
        }

        var error = Find(id, out _);
        if (error != ErrorCode.None)
        {
            return ValueTask.FromResult(new PartitionOpening(error, null));
        }

        Task<PartitionOpening> opening;
        lock (_openings)
        {
            if (!_openings.TryGetValue(id, out var source))
            {
                source = new TaskCompletionSource<PartitionOpening>(TaskCreationOptions.RunContinuationsAsynchronously);
                _openings.Add(id, source);
                _directory.Post(() => OpenOnLogThread(id));
            }

            opening = source.Task;
        }

        return new ValueTask<PartitionOpening>(opening.WaitAsync(cancellationToken));
    }

    // The log thread is the one place where logs are opened and deleted, so both happen in one order.
    private void OpenOnLogThread(TopicPartitionId id)
    {
        var result = new PartitionOpening(ErrorCode.KafkaStorageError, null);
        try
        {
            result = TryOpen(id);
        }
        catch (StorageException fault)
        {
            LogOpenFailed(_logger, fault, id);
        }
        finally
        {
            TaskCompletionSource<PartitionOpening>? source;
            lock (_openings)
            {
                _openings.Remove(id, out source);
            }

            source?.TrySetResult(result);
        }
    }

    private PartitionOpening TryOpen(TopicPartitionId id)
    {
        if (_open.TryGetValue(id, out var already))
        {
            return new PartitionOpening(ErrorCode.None, already);
        }

        var error = Find(id, out var topic);
        if (error != ErrorCode.None)
        {
            return new PartitionOpening(error, null);
        }

        var settings = PartitionConfiguration.From(topic!, id.Partition, _catalog.NodeId);
        var opening = _directory.OpenLog(new LogIdentity(id, topic!.Name), settings.Log);
        if (opening.Log is not { } log)
        {
            var reason = opening.Refusal ?? "no reason given";
            _refused[id] = $"The log of {topic.Name}-{id.Partition} refuses to open: {reason}";
            LogRefused(_logger, topic.Name, id.Partition, reason);
            return new PartitionOpening(ErrorCode.KafkaStorageError, null);
        }

        var recovered = new PartitionRecovery
        {
            LogStart = log.LogStartOffset,
            LogEnd = log.WrittenEnd,
            SyncedEnd = log.SyncedEnd,
            LastEpoch = log.LastEpoch,
            Producers = log.Producers.Clone(),
        };
        var machine = new PartitionMachine(settings.Machine, recovered);
        var epoch = topic.Partitions[id.Partition].LeaderEpoch;
        var hosted = new HostedPartition(machine, log, _directory, settings.Limits, epoch, _time, OnHalted);
        _open[id] = hosted;
        _refused.TryRemove(id, out _);
        return new PartitionOpening(ErrorCode.None, hosted);
    }

    [LoggerMessage(1001, LogLevel.Error, "Partition {Id} could not be opened.")]
    private static partial void LogOpenFailed(ILogger logger, Exception fault, TopicPartitionId id);

    [LoggerMessage(1002, LogLevel.Error, "The log of {Topic}-{Partition} refuses to open: {Reason}")]
    private static partial void LogRefused(ILogger logger, string topic, int partition, string reason);
}
