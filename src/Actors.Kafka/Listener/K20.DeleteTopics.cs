using Actors.Kafka.Wire;
using Actors.Model;

namespace Actors.Kafka.Listener;

/// <summary>
/// DeleteTopics, key 20.
/// Versions: 1-6 (Kafka 4.3: 1-6). Promise: by name, from 6 on also by id (KIP-516); what is named twice is
/// refused, and so are internal topics; the data goes when the command is applied. Gaps: none known.
/// </summary>
internal static class DeleteTopicsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<DeleteTopicsRequest>();
        var topics = request.Version >= 6
            ? asked.Topics
            : [.. asked.TopicNames.Select(n => new DeleteTopicsRequestTopic { Name = n })];
        connection.Send(request, AnswerAsync(connection, request, asked.TimeoutMs, topics));
    }

    private static async ValueTask<DeleteTopicsResponse> AnswerAsync(
        KafkaConnection connection, KafkaRequest request, int timeoutMs, DeleteTopicsRequestTopic[] topics)
    {
        var twice = topics.GroupBy(t => (t.Name, t.TopicId)).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        var answers = new List<DeleteTopicsResponseTopic>(topics.Length);
        foreach (var topic in topics)
        {
            if (twice.Contains((topic.Name, topic.TopicId)))
            {
                if (!answers.Exists(a => a.Name == topic.Name && a.TopicId == topic.TopicId))
                {
                    answers.Add(Answer(
                        topic, ErrorCode.InvalidRequest, topic.Name is null ? "Duplicate topic id." : "Duplicate topic name."));
                }

                continue;
            }

            answers.Add(await DeleteAsync(connection, request, timeoutMs, topic).ConfigureAwait(false));
        }

        return new DeleteTopicsResponse { ThrottleTimeMs = request.Context.ThrottleMs, Responses = [.. answers] };
    }

    private static async ValueTask<DeleteTopicsResponseTopic> DeleteAsync(
        KafkaConnection connection, KafkaRequest request, int timeoutMs, DeleteTopicsRequestTopic wanted)
    {
        if (wanted.Name is null == (wanted.TopicId == Guid.Empty))
        {
            return Answer(wanted, ErrorCode.InvalidRequest, wanted.Name is null
                ? "Neither topic name nor id were specified." : "You may not specify both topic name and topic id.");
        }

        var catalog = connection.Services.Catalog;
        var found = wanted.Name is { } name ? catalog.TryGetTopic(name, out var topic) : catalog.TryGetTopic(wanted.TopicId, out topic);
        if (!found)
        {
            return wanted.Name is null
                ? Answer(wanted, ErrorCode.UnknownTopicId, "This server does not host this topic ID.")
                : Answer(wanted, ErrorCode.UnknownTopicOrPartition, "This server does not host this topic-partition.");
        }

        if (!connection.Services.Authorizer.IsAllowed(request.Context, KafkaOperation.Delete, KafkaResource.Topic, topic!.Name))
        {
            return Answer(wanted, ErrorCode.TopicAuthorizationFailed, "Topic authorization failed.");
        }

        if (topic.IsInternal)
        {
            return Answer(wanted, ErrorCode.InvalidTopicException, "An internal topic cannot be deleted.");
        }

        var outcome = await connection.ChangeAsync(
            timeoutMs, token => connection.Services.Commands.DeleteTopicAsync(topic.Id, token)).ConfigureAwait(false);
        var answer = Answer(wanted, outcome.Error, outcome.Message);
        answer.Name = topic.Name;
        answer.TopicId = topic.Id;
        return answer;
    }

    private static DeleteTopicsResponseTopic Answer(DeleteTopicsRequestTopic topic, ErrorCode error, string? message) =>
        new() { Name = topic.Name, TopicId = topic.TopicId, ErrorCode = (short)error, ErrorMessage = message };
}
