using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Producers;

namespace Actors.Kafka.Listener;

/// <summary>
/// DescribeProducers, key 61 (KIP-664).
/// Versions: 0 (Kafka 4.3: 0). Promise: the idempotent producers that a partition remembers. Gaps: none known.
/// </summary>
internal static class DescribeProducersHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request) =>
        connection.Send(request, AnswerAsync(connection, request, request.Read<DescribeProducersRequest>()));

    private static async ValueTask<DescribeProducersResponse> AnswerAsync(
        KafkaConnection connection, KafkaRequest request, DescribeProducersRequest asked)
    {
        var topics = new List<DescribeProducersResponseTopic>(asked.Topics.Length);
        foreach (var topic in asked.Topics)
        {
            var partitions = new List<DescribeProducersResponsePartition>(topic.PartitionIndexes.Length);
            foreach (var index in topic.PartitionIndexes)
            {
                var (error, partition) = await connection.OpenAsync(request.Context, topic.Name, index, KafkaOperation.Read)
                    .ConfigureAwait(false);
                partitions.Add(new DescribeProducersResponsePartition
                {
                    PartitionIndex = index,
                    ErrorCode = (short)error,
                    ErrorMessage = error == ErrorCode.UnknownTopicOrPartition
                        ? "This server does not host this topic-partition." : null,
                    ActiveProducers = partition is null ? [] : [.. partition.ListProducers().Select(Show)],
                });
            }

            topics.Add(new DescribeProducersResponseTopic { Name = topic.Name, Partitions = [.. partitions] });
        }

        return new DescribeProducersResponse { ThrottleTimeMs = request.Context.ThrottleMs, Topics = [.. topics] };
    }

    private static DescribeProducersResponseProducer Show(ProducerState producer) => new()
    {
        ProducerId = producer.ProducerId,
        ProducerEpoch = producer.Epoch,
        LastSequence = producer.LastSequence,
        LastTimestamp = producer.LastAppendTimeMs,
        CoordinatorEpoch = producer.CoordinatorEpoch,
        CurrentTxnStartOffset = producer.TransactionFirstOffset,
    };
}
