using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// DeleteRecords, key 21 (KIP-107).
/// Versions: 0-2 (Kafka 4.3: 0-2). Promise: moves the log start up to an offset, or with -1 to the high watermark; answered once no crash
/// can bring the records back. Internal topics are refused, and so are topics that are only compacted. Gaps: none known.
/// </summary>
internal static class DeleteRecordsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request) =>
        connection.Send(request, AnswerAsync(connection, request, request.Read<DeleteRecordsRequest>()));

    private static async ValueTask<DeleteRecordsResponse> AnswerAsync(
        KafkaConnection connection, KafkaRequest request, DeleteRecordsRequest asked)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMilliseconds(Math.Max(1, asked.TimeoutMs)), connection.Services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, connection.Closing);
        var topics = new List<DeleteRecordsResponseTopic>(asked.Topics.Length);
        foreach (var topic in asked.Topics)
        {
            var partitions = new List<DeleteRecordsResponsePartition>(topic.Partitions.Length);
            foreach (var wanted in topic.Partitions)
            {
                var outcome = await DeleteAsync(connection, request.Context, topic.Name, wanted, either.Token).ConfigureAwait(false);
                partitions.Add(new DeleteRecordsResponsePartition
                {
                    PartitionIndex = wanted.PartitionIndex, LowWatermark = outcome.LowWatermark, ErrorCode = (short)outcome.Error,
                });
            }

            topics.Add(new DeleteRecordsResponseTopic { Name = topic.Name, Partitions = [.. partitions] });
        }

        return new DeleteRecordsResponse { ThrottleTimeMs = request.Context.ThrottleMs, Topics = [.. topics] };
    }

    private static async ValueTask<DeleteRecordsOutcome> DeleteAsync(
        KafkaConnection connection, RequestContext context, string topic, DeleteRecordsRequestPartition wanted, CancellationToken late)
    {
        if (connection.Services.Catalog.TryGetTopic(topic, out var known) && known.IsInternal)
        {
            return new DeleteRecordsOutcome(ErrorCode.InvalidTopicException, -1);
        }

        var (error, partition) = await connection.OpenAsync(context, topic, wanted.PartitionIndex, KafkaOperation.Delete)
            .ConfigureAwait(false);
        if (partition is null)
        {
            return new DeleteRecordsOutcome(error, -1);
        }

        try
        {
            return await partition.DeleteRecordsAsync(wanted.Offset, late).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return new DeleteRecordsOutcome(ErrorCode.RequestTimedOut, -1);
        }
    }
}
