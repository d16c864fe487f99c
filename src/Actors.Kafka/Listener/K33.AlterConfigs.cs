using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Topics;

namespace Actors.Kafka.Listener;

/// <summary>
/// AlterConfigs, key 33.
/// Versions: 0-2 (Kafka 4.3: 0-2). Promise: replaces all settings of a topic, checked by Kafka's rules; validate only; they take effect in
/// running partitions before the answer. Gaps: a node's settings come from its configuration and are refused.
/// </summary>
internal static class AlterConfigsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request) =>
        connection.Send(request, AnswerAsync(connection, request, request.Read<AlterConfigsRequest>()));

    private static async ValueTask<AlterConfigsResponse> AnswerAsync(
        KafkaConnection connection, KafkaRequest request, AlterConfigsRequest asked)
    {
        var responses = new List<AlterConfigsResponseResponse>(asked.Resources.Length);
        foreach (var group in asked.Resources.GroupBy(r => (r.ResourceType, r.ResourceName)))
        {
            var wanted = group.First();
            var resource = new ConfigResource(
                wanted.ResourceType,
                wanted.ResourceName,
                [.. wanted.Configs.Select(c => new ConfigChange(c.Name, ConfigOperation.Set, c.Value))],
                ReplaceAll: true);
            var (error, message) = group.Count() > 1
                ? (ErrorCode.InvalidRequest, "Each resource must appear at most once.")
                : await resource.ChangeAsync(connection, request.Context, asked.ValidateOnly).ConfigureAwait(false);
            responses.Add(new AlterConfigsResponseResponse
            {
                ErrorCode = (short)error, ErrorMessage = message, ResourceType = wanted.ResourceType, ResourceName = wanted.ResourceName,
            });
        }

        return new AlterConfigsResponse { ThrottleTimeMs = request.Context.ThrottleMs, Responses = [.. responses] };
    }
}
