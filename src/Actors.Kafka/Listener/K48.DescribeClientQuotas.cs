using Actors.Kafka.Wire;

namespace Actors.Kafka.Listener;

/// <summary>
/// DescribeClientQuotas, key 48.
/// Versions: 0-1 (Kafka 4.3: 0-1). Promise: there are none. Gaps: quotas.
/// </summary>
internal static class DescribeClientQuotasHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        _ = request.Read<DescribeClientQuotasRequest>();
        connection.Send(request, new DescribeClientQuotasResponse { ThrottleTimeMs = request.Context.ThrottleMs, Entries = [] });
    }
}
