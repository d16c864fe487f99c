using Actors.Groups;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Ports;
using Microsoft.Extensions.Logging;

namespace Actors.Node.Groups;

public sealed partial class GroupHost
{
    private readonly Lock _slotsLock = new();
    private int _ticking;

    /// <inheritdoc/>
    public void OnTopicChanged(TopicDescription? before, TopicDescription? after)
    {
        var name = (after ?? before)?.Name;
        lock (_slotsLock)
        {
            if (!_started)
            {
                return;
            }

            if (string.Equals(name, GroupPlacement.Topic, StringComparison.Ordinal))
            {
                TakeOver(after);
                return;
            }
        }

        if (after is null && name is not null)
        {
            ForgetTopic(name);
        }
    }

    /// <summary>The catalog's word on the topic of groups: what this node leads is loaded, the rest given up.</summary>
    private void TakeOver(TopicDescription? topic)
    {
        if (topic is null || (_topicId != topic.Id && _slots.Length > 0))
        {
            foreach (var slot in _slots)
            {
                Release(slot);
            }

            _slots = [];
        }

        if (topic is null)
        {
            return;
        }

        _topicId = topic.Id;
        if (_slots.Length != topic.Partitions.Count)
        {
            // Never in Kafka either: another number of partitions sends groups to other coordinators.
            var before = _slots;
            _slots = [.. Enumerable.Range(0, topic.Partitions.Count).Select(i => i < before.Length ? before[i] : new GroupSlot(i))];
        }

        foreach (var slot in _slots)
        {
            var partition = topic.Partitions[slot.Index];
            Lead(slot, partition.LeaderId == _catalog.NodeId ? partition.LeaderEpoch : -1);
        }
    }

    private void Lead(GroupSlot slot, int leaderEpoch)
    {
        lock (slot.Gate)
        {
            if (slot.LeaderEpoch == leaderEpoch)
            {
                return;
            }
        }

        Release(slot);
        lock (slot.Gate)
        {
            slot.LeaderEpoch = leaderEpoch;
            if (leaderEpoch >= 0)
            {
                BeginLoad(slot);
            }
        }
    }

    private static void Release(GroupSlot slot)
    {
        GroupCoordinator? coordinator;
        lock (slot.Gate)
        {
            slot.LeaderEpoch = -1;
            slot.Trouble = null;
            slot.RetryAtMs = long.MaxValue;
            coordinator = slot.Coordinator;
            slot.Coordinator = null;
        }

        coordinator?.Resign(ErrorCode.NotCoordinator);
    }

    // Under the slot's gate.
    private void BeginLoad(GroupSlot slot)
    {
        slot.RetryAtMs = long.MaxValue;
        if (!slot.IsLoading)
        {
            slot.IsLoading = true;
            slot.DeletedMeanwhile.Clear();
            _ = Task.Run(() => LoadAsync(slot));
        }
    }

    private async Task LoadAsync(GroupSlot slot)
    {
        string? trouble = null;
        try
        {
            trouble = await TryLoadAsync(slot).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        catch (GroupLoadException fault)
        {
            trouble = fault.Message;
        }
#pragma warning disable CA1031 // our own fault: this partition's groups are not served, health turns red, and it is tried again
        catch (Exception bug)
#pragma warning restore CA1031
        {
            LogBug(_logger, bug, slot.Index);
            trouble = $"{GroupPlacement.Topic}-{slot.Index} cannot be loaded: {bug.Message}";
        }

        lock (slot.Gate)
        {
            slot.IsLoading = false;
            if (slot.Coordinator is null && slot.LeaderEpoch >= 0)
            {
                slot.Trouble = trouble;
                slot.RetryAtMs = MonotonicMs + (trouble is null ? 0 : (long)_options.RetryPeriod.TotalMilliseconds);
            }
        }

        if (trouble is not null)
        {
            LogTrouble(_logger, trouble);
        }
    }

    private async Task<string?> TryLoadAsync(GroupSlot slot)
    {
        var epoch = slot.LeaderEpoch;
        var opening = await _partitions.OpenAsync(new TopicPartitionId(_topicId, slot.Index), _stopping.Token).ConfigureAwait(false);
        if (opening.Partition is not { } partition)
        {
            return opening.Error == ErrorCode.NotLeaderOrFollower
                ? null : $"{GroupPlacement.Topic}-{slot.Index} does not open: {opening.Error}.";
        }

        if (epoch < 0 || partition.LeaderEpoch != epoch)
        {
            return null; // the catalog says something newer by now, or will; tried again
        }

        var startedAt = MonotonicMs;
        var load = new GroupLoad(partition, epoch, _options.Groups, _inflater);
        var machine = await load.RunAsync(_stopping.Token).ConfigureAwait(false);
        var coordinator = new GroupCoordinator(slot.Index, machine, partition, epoch, _leases, _time, OnFailed);
        coordinator.Step(GroupInput.Loaded(NowMs, MonotonicMs));
        var topics = new HashSet<string>(StringComparer.Ordinal);
        machine.CopyTopics(topics);
        foreach (var name in topics.ToArray())
        {
            // Made anew under its name, and a crash came before the log of groups knew that the old one was gone: offsets of that one go.
            if (_catalog.TryGetTopic(name, out var known))
            {
                coordinator.Step(GroupInput.TopicIs(name, known.Id, NowMs));
                topics.Remove(name);
            }
        }

        lock (slot.Gate)
        {
            // Deleted while this node was away, or while it read.
            topics.UnionWith(slot.DeletedMeanwhile);
            slot.DeletedMeanwhile.Clear();
            foreach (var topic in topics)
            {
                coordinator.Step(GroupInput.TopicDeleted(topic, NowMs));
            }

            if (!machine.Serves)
            {
                return $"{GroupPlacement.Topic}-{slot.Index} takes no records.";
            }

            if (slot.LeaderEpoch != epoch || _stopping.IsCancellationRequested)
            {
                coordinator.Resign(ErrorCode.NotCoordinator);
                return null;
            }

            slot.Trouble = null;
            slot.Coordinator = coordinator;
        }

        if (load.Records > 0)
        {
            LogLoaded(_logger, slot.Index, load.Records, coordinator.GroupCount, MonotonicMs - startedAt);
        }

        if (machine.UnreadRecords > 0)
        {
            LogUnread(_logger, slot.Index, machine.UnreadRecords);
        }

        return null;
    }

    /// <summary>An append failed: what is in memory may be ahead of the log, so the log is read again.</summary>
    private void OnFailed(GroupCoordinator coordinator, ErrorCode error)
    {
        if (_slots.FirstOrDefault(s => s.Coordinator == coordinator) is not { } slot)
        {
            return; // released meanwhile
        }

        LogAppendFailed(_logger, slot.Index, error);
        lock (slot.Gate)
        {
            if (slot.Coordinator == coordinator)
            {
                slot.Coordinator = null;
                slot.RetryAtMs = MonotonicMs + (long)_options.RetryPeriod.TotalMilliseconds;
            }
        }
    }

    // On the thread that applies the catalog, so that no commit to a topic made again under the name can come before.
    private void ForgetTopic(string topic)
    {
        foreach (var slot in _slots)
        {
            GroupCoordinator? coordinator;
            lock (slot.Gate)
            {
                coordinator = slot.Coordinator;
                if (coordinator is null && slot.IsLoading)
                {
                    slot.DeletedMeanwhile.Add(topic);
                }
            }

            coordinator?.Step(GroupInput.TopicDeleted(topic, NowMs));
        }
    }

    private void Tick()
    {
        if (Interlocked.Exchange(ref _ticking, 1) != 0)
        {
            return; // the last one is not over: the next brings its time
        }

        try
        {
            foreach (var slot in _slots)
            {
                slot.Coordinator?.Step(GroupInput.Tick(NowMs, MonotonicMs));
                if (slot.RetryAtMs <= MonotonicMs)
                {
                    lock (slot.Gate)
                    {
                        if (slot.Coordinator is null && slot.LeaderEpoch >= 0 && !_stopping.IsCancellationRequested)
                        {
                            BeginLoad(slot);
                        }
                    }
                }
            }
        }
        finally
        {
            Volatile.Write(ref _ticking, 0);
        }
    }

    [LoggerMessage(3001, LogLevel.Information, "Groups of partition {Partition} loaded: {Records} records, {Groups} groups, {ElapsedMs} ms")]
    private static partial void LogLoaded(ILogger logger, int partition, long records, int groups, long elapsedMs);

    [LoggerMessage(3002, LogLevel.Warning, "Groups of partition {Partition}: {Records} records could not be read and were left alone")]
    private static partial void LogUnread(ILogger logger, int partition, long records);

    [LoggerMessage(3003, LogLevel.Error, "Groups are not served: {Trouble}")]
    private static partial void LogTrouble(ILogger logger, string trouble);

    [LoggerMessage(3004, LogLevel.Warning, "Groups of partition {Partition}: the log refused an append ({Error}); they are loaded again")]
    private static partial void LogAppendFailed(ILogger logger, int partition, ErrorCode error);

    [LoggerMessage(3005, LogLevel.Error, "Groups of partition {Partition} could not be loaded")]
    private static partial void LogBug(ILogger logger, Exception bug, int partition);
}
