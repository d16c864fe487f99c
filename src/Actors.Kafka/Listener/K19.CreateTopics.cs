using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// CreateTopics, key 19.
/// Versions: 2-7 (Kafka 4.3: 2-7). Promise: counts of -1 take the node's defaults, assignments are by hand, a name that stands twice in one request
/// is refused (INVALID_REQUEST), a setting that is not known or has a bad value is refused by name (INVALID_CONFIG), nothing is changed
/// when only validated; from 5 on the topic's settings are answered, from 7 on its id. Gaps: none.
/// </summary>
internal static class CreateTopicsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request) =>
        connection.Send(request, AnswerAsync(connection, request, request.Read<CreateTopicsRequest>()));

    private static async ValueTask<CreateTopicsResponse> AnswerAsync(KafkaConnection connection, KafkaRequest request, CreateTopicsRequest asked)
    {
        var answers = new List<CreateTopicsResponseTopic>(asked.Topics.Length);
        foreach (var group in asked.Topics.GroupBy(t => t.Name, StringComparer.Ordinal))
        {
            answers.Add(group.Count() > 1
                ? Refused(group.Key, ErrorCode.InvalidRequest, "Duplicate topic name.")
                : await CreateAsync(connection, group.First(), asked.ValidateOnly).ConfigureAwait(false));
        }

        return new CreateTopicsResponse { ThrottleTimeMs = request.Context.ThrottleMs, Topics = [.. answers] };
    }

    private static async ValueTask<CreateTopicsResponseTopic> CreateAsync(
        KafkaConnection connection, CreateTopicsRequestTopic asked, bool validateOnly)
    {
        if (Check(asked, connection.Services.Limits.MaxPartitionsPerTopic) is { } wrong)
        {
            return wrong;
        }

        var configs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var config in asked.Configs)
        {
            if (config.Value is null)
            {
                return Refused(asked.Name, ErrorCode.InvalidConfig, $"Null value not supported for topic configs: {config.Name}");
            }

            configs[config.Name] = config.Value;
        }

        var outcome = await connection.Services.Commands.CreateTopicAsync(
            new NewTopic
            {
                Name = asked.Name,
                PartitionCount = asked.NumPartitions,
                ReplicationFactor = asked.ReplicationFactor,
                Assignments = asked.Assignments.Length == 0
                    ? null
                    : [.. asked.Assignments.OrderBy(a => a.PartitionIndex).Select(a => (IReadOnlyList<int>)a.BrokerIds)],
                Configs = configs,
                ValidateOnly = validateOnly,
            },
            connection.Closing).ConfigureAwait(false);
        return outcome.Error == ErrorCode.None && outcome.Topic is { } topic
            ? Created(topic, validateOnly)
            : Refused(asked.Name, outcome.Error, outcome.Message);
    }

    private static CreateTopicsResponseTopic? Check(CreateTopicsRequestTopic asked, int maxPartitions)
    {
        if (asked.Assignments.Length == 0)
        {
            return asked.NumPartitions > maxPartitions
                ? Refused(asked.Name, ErrorCode.InvalidPartitions, $"A topic may be created with at most {maxPartitions} partitions.")
                : null;
        }

        if (asked.NumPartitions != -1 || asked.ReplicationFactor != -1)
        {
            return Refused(
                asked.Name, ErrorCode.InvalidRequest, "A manual partition assignment was specified, but numPartitions or replicationFactor was not -1.");
        }

        // Any order is fine, a gap or a repetition is not.
        var seen = asked.Assignments.Select(a => a.PartitionIndex).Order();
        return seen.SequenceEqual(Enumerable.Range(0, asked.Assignments.Length))
            ? null
            : Refused(asked.Name, ErrorCode.InvalidReplicaAssignment, "Partitions should be a consecutive 0-based integer sequence.");
    }

    private static CreateTopicsResponseTopic Created(TopicDescription topic, bool validateOnly) => new()
    {
        Name = topic.Name,
        TopicId = validateOnly ? Guid.Empty : topic.Id,
        NumPartitions = topic.Partitions.Count,
        ReplicationFactor = (short)topic.Partitions[0].Replicas.Count,
        Configs =
        [
            .. ConfigEntries.OfTopic(topic).Select(e => new CreateTopicsResponseConfig
            {
                Name = e.Name, Value = e.Value, ConfigSource = e.Source, ReadOnly = e.ReadOnly, IsSensitive = false,
            }),
        ],
    };

    private static CreateTopicsResponseTopic Refused(string name, ErrorCode error, string? message) =>
        new() { Name = name, ErrorCode = (short)error, ErrorMessage = message };
}
