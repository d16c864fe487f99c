using Actors.Model;
using Actors.Model.Ports;
using Actors.Storage;

namespace Actors.Node.Partitions;

public sealed partial class LocalPartitions
{
    /// <inheritdoc/>
    public void OnTopicChanged(TopicDescription? before, TopicDescription? after)
    {
        if (after is null)
        {
            Delete(before!);
        }
        else if (before is not null && before.Id == after.Id)
        {
            Reconfigure(after);
        }
    }

    // The data of a topic goes only because a delete command naming its id was applied.
    private void Delete(TopicDescription topic)
    {
        var wake = new WakeList();
        for (var partition = 0; partition < topic.Partitions.Count; partition++)
        {
            var id = new TopicPartitionId(topic.Id, partition);
            if (_open.TryGetValue(id, out var hosted))
            {
                hosted.Resign(wake);
            }

            _directory.Post(() =>
            {
                Retire(id); // opened meanwhile or not: gone before the files are
                _directory.DeleteLog(id);
            });
        }

        wake.WakeAll();
    }

    private void Reconfigure(TopicDescription topic)
    {
        var wake = new WakeList();
        for (var partition = 0; partition < topic.Partitions.Count; partition++)
        {
            if (_open.TryGetValue(new TopicPartitionId(topic.Id, partition), out var hosted))
            {
                var now = PartitionConfiguration.From(topic, partition, _catalog.NodeId);
                hosted.ApplySettings(now.Machine, now.Limits, wake);
                _directory.Post(() => hosted.Log.Configure(now.Log));
            }
        }

        wake.WakeAll();
    }

    /// <summary>The log thread's reports, taken to the partitions they concern.</summary>
    private sealed class Sink(LocalPartitions owner) : ILogDirectorySink
    {
        private readonly WakeList _wake = new();
        private TopicDescription? _configured;
        private LogConfig? _config;

        public void OnWritten(PartitionLog log, long writtenEnd, long syncedEnd)
        {
            if (log.Owner is HostedPartition partition)
            {
                partition.OnWritten(writtenEnd, syncedEnd, _wake);
            }
        }

        public long GetCommittedEnd(PartitionLog log) => log.Owner is HostedPartition partition ? partition.Offsets.HighWatermark : log.LogStartOffset;

        // A cold log's high watermark is not kept: where others have a part in it, only an opening finds it out.
        public LogConfig? FindConfig(in LogIdentity identity)
        {
            if (owner.Find(identity.Id, out var topic) != ErrorCode.None || topic!.Partitions[identity.Id.Partition].Replicas.Count != 1)
            {
                return null;
            }

            if (!ReferenceEquals(topic, _configured))
            {
                (_configured, _config) = (topic, LogConfig.From(topic.Configs));
            }

            return _config;
        }

        public void OnOpeningDue(in LogIdentity identity) => _ = owner.OpenAsync(identity.Id, CancellationToken.None).AsTask();

        public void OnLogStartMoved(PartitionLog log, long logStart)
        {
            if (log.Owner is HostedPartition partition)
            {
                partition.OnLogStartMoved(logStart, _wake);
            }
        }

        public void OnRoundEnd() => _wake.WakeAll();

        public void OnFailed(StorageFault fault)
        {
            foreach (var partition in owner._open.Values)
            {
                partition.OnFailed(_wake);
            }

            _wake.WakeAll();
        }
    }
}
