using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Topics;

namespace Actors.Kafka.Listener;

/// <summary>
/// IncrementalAlterConfigs, key 44 (KIP-339).
/// Versions: 0-1 (Kafka 4.3: 0-1). Promise: sets, deletes, appends to and subtracts from settings of a topic, checked by Kafka's rules, all
/// of one resource or none; validate only; they take effect in running partitions before the answer. Gaps: a node's settings come from its
/// configuration and are refused.
/// </summary>
internal static class IncrementalAlterConfigsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request) =>
        connection.Send(request, AnswerAsync(connection, request, request.Read<IncrementalAlterConfigsRequest>()));

    private static async ValueTask<IncrementalAlterConfigsResponse> AnswerAsync(
        KafkaConnection connection, KafkaRequest request, IncrementalAlterConfigsRequest asked)
    {
        var responses = new List<IncrementalAlterConfigsResponseResponse>(asked.Resources.Length);
        foreach (var group in asked.Resources.GroupBy(r => (r.ResourceType, r.ResourceName)))
        {
            var wanted = group.First();
            var resource = new ConfigResource(
                wanted.ResourceType, wanted.ResourceName, [.. wanted.Configs.Select(ChangeOf)], ReplaceAll: false);
            var (error, message) = group.Count() > 1
                ? (ErrorCode.InvalidRequest, "Each resource must appear at most once.")
                : await resource.ChangeAsync(connection, request.Context, asked.ValidateOnly).ConfigureAwait(false);
            responses.Add(new IncrementalAlterConfigsResponseResponse
            {
                ErrorCode = (short)error, ErrorMessage = message, ResourceType = wanted.ResourceType, ResourceName = wanted.ResourceName,
            });
        }

        return new IncrementalAlterConfigsResponse { ThrottleTimeMs = request.Context.ThrottleMs, Responses = [.. responses] };
    }

    // A client may send a value with a deletion; it means nothing.
    private static ConfigChange ChangeOf(IncrementalAlterConfigsRequestConfig config)
    {
        var operation = (ConfigOperation)config.ConfigOperation;
        return new ConfigChange(config.Name, operation, operation == ConfigOperation.Delete ? null : config.Value);
    }
}
