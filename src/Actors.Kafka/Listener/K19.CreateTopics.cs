using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// CreateTopics, key 19.
/// Versions: 2-7 (Kafka 4.3: 2-7). Promise: counts of -1 mean the node's defaults (KIP-464); manual assignments; validate only; a name that
/// occurs twice is refused each time; an unknown setting is refused by name; from 5 on the answer tells partitions, replicas and settings
/// (KIP-525), from 7 on the id. What is not applied within the timeout is answered with REQUEST_TIMED_OUT. Gaps: none known.
/// </summary>
internal static class CreateTopicsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request) =>
        connection.Send(request, AnswerAsync(connection, request, request.Read<CreateTopicsRequest>()));

    private static async ValueTask<CreateTopicsResponse> AnswerAsync(
        KafkaConnection connection, KafkaRequest request, CreateTopicsRequest asked)
    {
        var twice = asked.Topics.GroupBy(t => t.Name, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key)
            .ToHashSet(StringComparer.Ordinal);
        var answers = new List<CreateTopicsResponseTopic>(asked.Topics.Length);
        foreach (var topic in asked.Topics)
        {
            if (twice.Contains(topic.Name))
            {
                if (!answers.Exists(a => a.Name == topic.Name))
                {
                    answers.Add(Refused(topic.Name, ErrorCode.InvalidRequest, "Duplicate topic name."));
                }

                continue;
            }

            answers.Add(await CreateAsync(connection, request, asked, topic).ConfigureAwait(false));
        }

        return new CreateTopicsResponse { ThrottleTimeMs = request.Context.ThrottleMs, Topics = [.. answers] };
    }

    private static async ValueTask<CreateTopicsResponseTopic> CreateAsync(
        KafkaConnection connection, KafkaRequest request, CreateTopicsRequest asked, CreateTopicsRequestTopic topic)
    {
        if (!connection.Services.Authorizer.IsAllowed(request.Context, KafkaOperation.Create, KafkaResource.Topic, topic.Name))
        {
            return Refused(topic.Name, ErrorCode.TopicAuthorizationFailed, "Topic authorization failed.");
        }

        if (Check(topic, out var assignments) is { } wrong)
        {
            return wrong;
        }

        var wanted = new NewTopic
        {
            Name = topic.Name,
            PartitionCount = topic.NumPartitions,
            ReplicationFactor = topic.ReplicationFactor,
            Assignments = assignments,
            Configs = topic.Configs.GroupBy(c => c.Name, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.Last().Value!, StringComparer.Ordinal),
            ValidateOnly = asked.ValidateOnly,
        };
        var outcome = await connection.ChangeAsync(
            asked.TimeoutMs, token => connection.Services.Commands.CreateTopicAsync(wanted, token)).ConfigureAwait(false);
        return outcome is { Error: ErrorCode.None, Topic: { } created }
            ? Created(created, request.Version)
            : Refused(topic.Name, outcome.Error, outcome.Message);
    }

    /// <summary>What the request itself can have wrong; the rest is decided where the command is applied.</summary>
    private static CreateTopicsResponseTopic? Check(CreateTopicsRequestTopic topic, out IReadOnlyList<IReadOnlyList<int>>? assignments)
    {
        assignments = null;
        if (topic.Configs.FirstOrDefault(c => c.Value is null) is { } empty)
        {
            return Refused(topic.Name, ErrorCode.InvalidConfig, $"Null value not supported for topic configs: {empty.Name}");
        }

        if (topic.Assignments.Length == 0)
        {
            return null;
        }

        if (topic.NumPartitions != -1)
        {
            return Refused(topic.Name, ErrorCode.InvalidRequest,
                "A manual partition assignment was specified, but numPartitions was not set to -1.");
        }

        if (topic.ReplicationFactor != -1)
        {
            return Refused(topic.Name, ErrorCode.InvalidRequest,
                "A manual partition assignment was specified, but replication factor was not set to -1.");
        }

        var lists = new IReadOnlyList<int>?[topic.Assignments.Length];
        foreach (var assignment in topic.Assignments)
        {
            if ((uint)assignment.PartitionIndex >= (uint)lists.Length)
            {
                return Refused(topic.Name, ErrorCode.InvalidReplicaAssignment,
                    "partitions should be a consecutive 0-based integer sequence");
            }

            if (lists[assignment.PartitionIndex] is not null)
            {
                return Refused(topic.Name, ErrorCode.InvalidReplicaAssignment,
                    $"The manual partition assignment specified partition {assignment.PartitionIndex} more than once.");
            }

            lists[assignment.PartitionIndex] = assignment.BrokerIds;
        }

        assignments = lists!;
        return null;
    }

    private static CreateTopicsResponseTopic Created(TopicDescription topic, short version) => new()
    {
        Name = topic.Name,
        TopicId = topic.Id,
        NumPartitions = topic.Partitions.Count,
        ReplicationFactor = (short)(topic.Partitions.Count == 0 ? -1 : topic.Partitions[0].Replicas.Count),
        Configs = version < 5 ? null :
        [
            .. ShownTopicConfigs.Of(topic).Select(c => new CreateTopicsResponseConfig
            {
                Name = c.Name, Value = c.Value, ConfigSource = (sbyte)c.Source,
            }),
        ],
    };

    private static CreateTopicsResponseTopic Refused(string name, ErrorCode error, string? message) =>
        new() { Name = name, ErrorCode = (short)error, ErrorMessage = message, Configs = [] };
}
