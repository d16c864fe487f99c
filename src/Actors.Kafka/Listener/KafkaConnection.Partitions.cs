using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

internal sealed partial class KafkaConnection
{
    /// <summary>The partition of a topic given by name, opened if it is cold.</summary>
    public ValueTask<PartitionOpening> OpenAsync(string topic, int partition)
    {
        if (!Services.Catalog.TryGetTopic(topic, out var found) || (uint)partition >= (uint)found.Partitions.Count)
        {
            return ValueTask.FromResult(new PartitionOpening(ErrorCode.UnknownTopicOrPartition, null));
        }

        var id = new TopicPartitionId(found.Id, partition);
        return Services.Partitions.TryGetOpen(id, out var open)
            ? ValueTask.FromResult(new PartitionOpening(ErrorCode.None, open))
            : Services.Partitions.OpenAsync(id, Closing);
    }
}
