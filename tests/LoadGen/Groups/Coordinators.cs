using LoadGen.Protocol;

namespace LoadGen.Groups;

/// <summary>Waits for coordinators: Kafka makes <c>__consumer_offsets</c> when the first one is asked for, and loads its partitions.</summary>
internal static class Coordinators
{
    private const short CoordinatorLoadInProgress = 14;
    private const short CoordinatorNotAvailable = 15;
    private const short NotCoordinator = 16;
    private const int AttemptMs = 50;
    private const int MaxAttempts = 60_000 / AttemptMs;

    /// <summary>Returns once the group's coordinator has taken a first commit: that tells.</summary>
    public static void Await(KafkaConnection connection, ServerVersions versions, string group, string topic)
    {
        short error = 0;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var reader = new WireReader(connection.Request(
                ApiKey.FindCoordinator, versions.Best(ApiKey.FindCoordinator), flexible: false, new WireWriter().String(group).Int8(0)));
            reader.Int32(); // throttle
            error = reader.Int16();
            if (error == 0)
            {
                error = FirstCommit(connection, group, topic);
            }

            if (error is not (CoordinatorLoadInProgress or CoordinatorNotAvailable or NotCoordinator))
            {
                break;
            }

            Thread.Sleep(AttemptMs);
        }

        if (error != 0)
        {
            throw ProtocolFault.Code("OffsetCommit", group, error);
        }
    }

    private static short FirstCommit(KafkaConnection connection, string group, string topic)
    {
        var body = new WireWriter().String(group).Int32(-1).String("").String(null).Int32(1).String(topic).Int32(1).Int32(0)
            .Int64(0).Int32(-1).String(null);
        var reader = new WireReader(connection.Request(ApiKey.OffsetCommit, CommitTemplate.Version, flexible: false, body));
        reader.Int32(); // throttle
        reader.Count(false);
        reader.SkipText(false);
        reader.Count(false);
        reader.Int32();
        return reader.Int16();
    }
}
