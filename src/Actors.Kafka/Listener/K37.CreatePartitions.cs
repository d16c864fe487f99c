using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// CreatePartitions, key 37.
/// Versions: 0-3 (Kafka 4.3: 0-3). Promise: the number of partitions grows to the count given; fewer or the same is INVALID_PARTITIONS, a topic that
/// stands twice in the request INVALID_REQUEST; assignments are for the new partitions. Gaps: none.
/// </summary>
internal static class CreatePartitionsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request) =>
        connection.Send(request, AnswerAsync(connection, request, request.Read<CreatePartitionsRequest>()));

    private static async ValueTask<CreatePartitionsResponse> AnswerAsync(
        KafkaConnection connection, KafkaRequest request, CreatePartitionsRequest asked)
    {
        var answers = new List<CreatePartitionsResponseResult>(asked.Topics.Length);
        foreach (var group in asked.Topics.GroupBy(t => t.Name, StringComparer.Ordinal))
        {
            answers.Add(group.Count() > 1
                ? Answer(group.Key, ErrorCode.InvalidRequest, "Duplicate topic in the request.")
                : await GrowAsync(connection, group.First(), asked.ValidateOnly).ConfigureAwait(false));
        }

        return new CreatePartitionsResponse { ThrottleTimeMs = request.Context.ThrottleMs, Results = [.. answers] };
    }

    private static async ValueTask<CreatePartitionsResponseResult> GrowAsync(
        KafkaConnection connection, CreatePartitionsRequestTopic asked, bool validateOnly)
    {
        if (asked.Count > connection.Services.Limits.MaxPartitionsPerTopic)
        {
            return Answer(
                asked.Name, ErrorCode.InvalidPartitions, $"A topic may have at most {connection.Services.Limits.MaxPartitionsPerTopic} partitions.");
        }

        var outcome = await connection.Services.Commands.CreatePartitionsAsync(
            new NewPartitions
            {
                Topic = asked.Name,
                TotalCount = asked.Count,
                Assignments = asked.Assignments is null ? null : [.. asked.Assignments.Select(a => (IReadOnlyList<int>)a.BrokerIds)],
                ValidateOnly = validateOnly,
            },
            connection.Closing).ConfigureAwait(false);
        return Answer(asked.Name, outcome.Error, outcome.Message);
    }

    private static CreatePartitionsResponseResult Answer(string name, ErrorCode error, string? message) =>
        new() { Name = name, ErrorCode = (short)error, ErrorMessage = error == ErrorCode.None ? null : message };
}
