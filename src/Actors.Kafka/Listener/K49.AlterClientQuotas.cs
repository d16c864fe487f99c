using Actors.Kafka.Wire;
using Actors.Model;

namespace Actors.Kafka.Listener;

/// <summary>
/// AlterClientQuotas, key 49.
/// Versions: 0-1 (Kafka 4.3: 0-1). Promise: every entry is refused with a sentence; nothing that is not enforced is ever accepted.
/// Gaps: quotas.
/// </summary>
internal static class AlterClientQuotasHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<AlterClientQuotasRequest>();
        connection.Send(request, new AlterClientQuotasResponse
        {
            ThrottleTimeMs = request.Context.ThrottleMs,
            Entries =
            [
                .. asked.Entries.Select(e => new AlterClientQuotasResponseEntry
                {
                    ErrorCode = (short)ErrorCode.InvalidRequest,
                    ErrorMessage = "Client quotas are not supported by this node yet.",
                    Entity =
                    [
                        .. e.Entity.Select(p => new AlterClientQuotasResponseEntityPart
                        {
                            EntityType = p.EntityType, EntityName = p.EntityName,
                        }),
                    ],
                }),
            ],
        });
    }
}
