using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// CreatePartitions, key 37.
/// Versions: 0-3 (Kafka 4.3: 0-3). Promise: raises a topic's number of partitions, placed by the node or as assigned; validate only; a
/// topic that occurs twice is refused, and so are internal topics: keys are hashed over their partitions. Gaps: none known.
/// </summary>
internal static class CreatePartitionsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request) =>
        connection.Send(request, AnswerAsync(connection, request, request.Read<CreatePartitionsRequest>()));

    private static async ValueTask<CreatePartitionsResponse> AnswerAsync(
        KafkaConnection connection, KafkaRequest request, CreatePartitionsRequest asked)
    {
        var results = new List<CreatePartitionsResponseResult>(asked.Topics.Length);
        foreach (var group in asked.Topics.GroupBy(t => t.Name, StringComparer.Ordinal))
        {
            var topic = group.First();
            var outcome = group.Count() > 1
                ? new TopicOutcome(ErrorCode.InvalidRequest, "Duplicate topic name.", null)
                : !connection.Services.Authorizer.IsAllowed(request.Context, KafkaOperation.Alter, KafkaResource.Topic, topic.Name)
                ? new TopicOutcome(ErrorCode.TopicAuthorizationFailed, "Topic authorization failed.", null)
                : connection.Services.Catalog.TryGetTopic(topic.Name, out var existing) && existing.IsInternal
                ? new TopicOutcome(ErrorCode.InvalidTopicException, "An internal topic keeps its partitions.", null)
                : await ExtendAsync(connection, asked, topic).ConfigureAwait(false);
            results.Add(new CreatePartitionsResponseResult
            {
                Name = topic.Name, ErrorCode = (short)outcome.Error, ErrorMessage = outcome.Message,
            });
        }

        return new CreatePartitionsResponse { ThrottleTimeMs = request.Context.ThrottleMs, Results = [.. results] };
    }

    private static ValueTask<TopicOutcome> ExtendAsync(
        KafkaConnection connection, CreatePartitionsRequest asked, CreatePartitionsRequestTopic topic)
    {
        var wanted = new NewPartitions
        {
            Topic = topic.Name,
            TotalCount = topic.Count,
            Assignments = topic.Assignments is { } assignments ? [.. assignments.Select(a => (IReadOnlyList<int>)a.BrokerIds)] : null,
            ValidateOnly = asked.ValidateOnly,
        };
        return connection.ChangeAsync(asked.TimeoutMs, token => connection.Services.Commands.CreatePartitionsAsync(wanted, token));
    }
}
