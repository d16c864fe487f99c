using Actors.Kafka.Wire;
using Actors.Model;

namespace Actors.Kafka.Listener;

/// <summary>
/// DescribeUserScramCredentials, key 50: what kafka-configs asks for when it describes users.
/// Versions: 0 (Kafka 4.3: 0). Promise: there are none; a user that is named is not found. Gaps: authentication.
/// </summary>
internal static class DescribeUserScramCredentialsHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<DescribeUserScramCredentialsRequest>();
        connection.Send(request, new DescribeUserScramCredentialsResponse
        {
            ThrottleTimeMs = request.Context.ThrottleMs,
            Results =
            [
                .. (asked.Users ?? []).Select(u => new DescribeUserScramCredentialsResponseResult
                {
                    User = u.Name,
                    ErrorCode = (short)ErrorCode.ResourceNotFound,
                    ErrorMessage = $"Attempt to describe a user credential that does not exist: {u.Name}",
                }),
            ],
        });
    }
}
