using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Actors.Abstractions;

/// <summary>
/// One topic; the grain's key is the topic's name. The topic itself is catalog state, decided in the cluster log: the grain is where
/// a service finds it. A change that was answered is visible to every later call to the same grain.
/// </summary>
[Alias("actors.topic"), GrainInterfaceType("actors.topic"), Version(1)]
public interface ITopicGrain : IGrainWithStringKey
{
    /// <summary>
    /// Creates the topic. Refused with <c>TopicAlreadyExists</c>, or with Kafka's code where name, partitions, replicas or settings are
    /// not allowed.
    /// </summary>
    [Alias("create"), AlwaysInterleave, ResponseTimeout("00:00:10")]
    ValueTask<Answer<TopicInfo>> CreateAsync(TopicSpec spec, CancellationToken cancellationToken = default);

    /// <summary>The topic as it is now, or <c>UnknownTopicOrPartition</c>.</summary>
    [Alias("describe"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    ValueTask<Answer<TopicInfo>> DescribeAsync(CancellationToken cancellationToken = default);

    /// <summary>Deletes the topic and all its data; answers what it was.</summary>
    [Alias("delete"), AlwaysInterleave, ResponseTimeout("00:00:10")]
    ValueTask<Answer<TopicInfo>> DeleteAsync(CancellationToken cancellationToken = default);

    /// <summary>Raises the number of partitions to <paramref name="totalCount"/>; keys may go to another partition from then on.</summary>
    [Alias("add-partitions"), AlwaysInterleave, ResponseTimeout("00:00:10")]
    ValueTask<Answer<TopicInfo>> AddPartitionsAsync(int totalCount, CancellationToken cancellationToken = default);

    /// <summary>
    /// An identity for idempotent appends: batches that carry it and a running sequence per partition may be sent again after an unknown
    /// outcome and are never in the log twice.
    /// </summary>
    [Alias("open-producer"), AlwaysInterleave, ResponseTimeout("00:00:10")]
    ValueTask<Answer<ProducerInfo>> OpenProducerAsync(CancellationToken cancellationToken = default);
}
