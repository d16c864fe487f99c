using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// DeleteTopics, key 20.
/// Versions: 1-6 (Kafka 4.3: 1-6). Promise: by name, from 6 on by id; an unknown name is error 3, an unknown id 100, a topic that stands twice in
/// the request INVALID_REQUEST; internal topics are refused. The data goes once the command is applied. Gaps: none.
/// </summary>
internal static class DeleteTopicsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request) =>
        connection.Send(request, AnswerAsync(connection, request, request.Read<DeleteTopicsRequest>()));

    private static async ValueTask<DeleteTopicsResponse> AnswerAsync(KafkaConnection connection, KafkaRequest request, DeleteTopicsRequest asked)
    {
        var targets = request.Version >= 6
            ? asked.Topics.Select(t => (t.Name, Id: t.TopicId)).ToArray()
            : [.. asked.TopicNames.Select(n => ((string?)n, Guid.Empty))];
        var answers = new List<DeleteTopicsResponseTopic>(targets.Length);
        foreach (var group in targets.GroupBy(t => t))
        {
            answers.Add(group.Count() > 1
                ? Answer(group.Key.Item1, group.Key.Item2, ErrorCode.InvalidRequest, "Duplicate topic in the request.")
                : await DeleteAsync(connection, group.Key.Item1, group.Key.Item2).ConfigureAwait(false));
        }

        return new DeleteTopicsResponse { ThrottleTimeMs = request.Context.ThrottleMs, Responses = [.. answers] };
    }

    private static async ValueTask<DeleteTopicsResponseTopic> DeleteAsync(KafkaConnection connection, string? name, Guid id)
    {
        if (name is not null && id != Guid.Empty)
        {
            return Answer(name, id, ErrorCode.InvalidRequest, "You may not specify both topic name and topic id.");
        }

        var catalog = connection.Services.Catalog;
        TopicDescription? topic;
        if (name is not null ? !catalog.TryGetTopic(name, out topic) : !catalog.TryGetTopic(id, out topic))
        {
            return Answer(name, id, name is null ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition, null);
        }

        if (topic.IsInternal)
        {
            return Answer(topic.Name, topic.Id, ErrorCode.InvalidTopicException, "An internal topic cannot be deleted.");
        }

        var outcome = await connection.Services.Commands.DeleteTopicAsync(topic.Id, connection.Closing).ConfigureAwait(false);
        return Answer(topic.Name, topic.Id, outcome.Error, outcome.Message);
    }

    private static DeleteTopicsResponseTopic Answer(string? name, Guid id, ErrorCode error, string? message) => new()
    {
        Name = name, TopicId = id, ErrorCode = (short)error, ErrorMessage = error == ErrorCode.None ? null : message,
    };
}
