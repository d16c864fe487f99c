using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

// What the handlers of rare requests share.
internal sealed partial class KafkaConnection
{
    /// <summary>The partition by its topic's name, opened if need be; or why there is none.</summary>
    public async ValueTask<PartitionOpening> OpenAsync(RequestContext context, string topic, int partition, KafkaOperation operation)
    {
        if (!Services.Authorizer.IsAllowed(context, operation, KafkaResource.Topic, topic))
        {
            return new PartitionOpening(ErrorCode.TopicAuthorizationFailed, null);
        }

        if (!Services.Catalog.TryGetTopic(topic, out var description) || (uint)partition >= (uint)description.Partitions.Count)
        {
            return new PartitionOpening(ErrorCode.UnknownTopicOrPartition, null);
        }

        var id = new TopicPartitionId(description.Id, partition);
        return Services.Partitions.TryGetOpen(id, out var open)
            ? new PartitionOpening(ErrorCode.None, open)
            : await Services.Partitions.OpenAsync(id, Closing).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs a change of the catalog within the request's timeout; then the outcome is open and the client is told so, as in Kafka.
    /// </summary>
    public async ValueTask<TopicOutcome> ChangeAsync(int timeoutMs, Func<CancellationToken, ValueTask<TopicOutcome>> change)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMilliseconds(Math.Max(1, timeoutMs)), Services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, Closing);
        try
        {
            return await change(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return new TopicOutcome(
                ErrorCode.RequestTimedOut, "The request was not done in time; whether it will be is not known.", null);
        }
    }
}
