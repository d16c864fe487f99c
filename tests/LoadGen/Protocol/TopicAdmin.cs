using System.Net;

namespace LoadGen.Protocol;

/// <summary>Creates, awaits, measures and deletes the topics of a load run. Every error code is an exception.</summary>
internal sealed class TopicAdmin : IDisposable
{
    private const int TimeoutMs = 60_000;
    private const int MaxPartitionsPerRequest = 1_000;
    private const int AttemptMs = 50;
    private const int MaxAttempts = 60_000 / AttemptMs;
    private readonly KafkaConnection _connection;

    public TopicAdmin(EndPoint address)
    {
        _connection = new KafkaConnection(address);
        Versions = ServerVersions.Ask(_connection);
    }

    public ServerVersions Versions { get; }

    public void Create(string topic, int partitions, IReadOnlyDictionary<string, string> configs)
    {
        var body = new WireWriter().Int32(1).String(topic).Int32(partitions).Int16(1).Int32(0).Int32(configs.Count);
        foreach (var (name, value) in configs)
        {
            body.String(name).String(value);
        }

        body.Int32(TimeoutMs).Bool(false);
        var version = Versions.Best(ApiKey.CreateTopics);
        var reader = new WireReader(_connection.Request(ApiKey.CreateTopics, version, flexible: false, body));
        reader.Int32(); // throttle
        for (var left = reader.Count(false); left > 0; left--)
        {
            var name = reader.Text(false);
            var error = reader.Int16();
            var message = reader.Text(false);
            if (error != 0)
            {
                throw ProtocolFault.Code("CreateTopics", $"{name} with {partitions} partitions", error, message);
            }
        }

        AwaitLeaders(topic, partitions);
    }

    public void Delete(string topic)
    {
        var body = new WireWriter().Int32(1).String(topic).Int32(TimeoutMs);
        var version = Versions.Best(ApiKey.DeleteTopics);
        var reader = new WireReader(_connection.Request(ApiKey.DeleteTopics, version, flexible: false, body));
        reader.Int32(); // throttle
        for (var left = reader.Count(false); left > 0; left--)
        {
            var name = reader.Text(false);
            var error = reader.Int16();
            if (error != 0)
            {
                throw ProtocolFault.Code("DeleteTopics", name ?? topic, error);
            }
        }
    }

    /// <summary>Sets one setting of a topic.</summary>
    public void Set(string topic, string name, string value)
    {
        const sbyte Topic = 2;
        const sbyte SetOperation = 0;
        var body = new WireWriter().Int32(1).Int8(Topic).String(topic).Int32(1).String(name).Int8(SetOperation).String(value).Bool(false);
        var reader = new WireReader(_connection.Request(ApiKey.IncrementalAlterConfigs, 0, flexible: false, body));
        reader.Int32(); // throttle
        reader.Count(false);
        var error = reader.Int16();
        if (error != 0)
        {
            throw ProtocolFault.Code("IncrementalAlterConfigs", $"{topic} {name}={value}", error, reader.Text(false));
        }
    }

    /// <summary>
    /// Returns once every partition names a leader and that leader answers for it. Kafka answers a creation before the first,
    /// and tells of a leader a moment before the leader itself knows.
    /// </summary>
    public void AwaitLeaders(string topic, int partitions)
    {
        var ready = 0;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            ready = CountLeaders(topic);
            if (ready == partitions && TrySumEndOffsets(topic, partitions, out _))
            {
                return;
            }

            Thread.Sleep(AttemptMs);
        }

        throw new ProtocolFault($"{topic}: {ready} of {partitions} partitions have a leader after a minute, or not all of those answer");
    }

    /// <summary>The number of partitions of the topic that have a leader; 0 where the topic is not known yet.</summary>
    public int CountLeaders(string topic)
    {
        var version = Versions.Best(ApiKey.Metadata);
        var flexible = version >= 9;
        var body = new WireWriter().Count(1, flexible).Text(topic, flexible).NoTags(flexible).Bool(false);
        if (version >= 8)
        {
            body.Bool(false).Bool(false);
        }

        body.NoTags(flexible);
        var reader = new WireReader(_connection.Request(ApiKey.Metadata, version, flexible, body));
        reader.Int32(); // throttle
        for (var left = reader.Count(flexible); left > 0; left--)
        {
            reader.Int32();
            reader.SkipText(flexible);
            reader.Int32();
            reader.SkipText(flexible);
            reader.SkipTags(flexible);
        }

        reader.SkipText(flexible); // cluster id
        reader.Int32(); // controller
        var led = 0;
        for (var left = reader.Count(flexible); left > 0; left--)
        {
            led += Topic(ref reader, version);
        }

        return led;
    }

    /// <summary>The sum of the log end offsets (high watermarks) of partitions 0 to <paramref name="partitions"/> - 1.</summary>
    public long SumEndOffsets(string topic, int partitions) =>
        TrySumEndOffsets(topic, partitions, out var sum) ? sum : throw new ProtocolFault($"a partition of {topic} has no leader now");

    public void Dispose() => _connection.Dispose();

    // False: a partition has no leader that answers for it, for now.
    private bool TrySumEndOffsets(string topic, int partitions, out long sum)
    {
        sum = 0;
        for (var first = 0; first < partitions; first += MaxPartitionsPerRequest)
        {
            if (!TrySumOffsets(topic, first, Math.Min(MaxPartitionsPerRequest, partitions - first), ref sum))
            {
                return false;
            }
        }

        return true;
    }

    private bool TrySumOffsets(string topic, int first, int count, ref long sum)
    {
        var version = Versions.Best(ApiKey.ListOffsets);
        var body = new WireWriter().Int32(-1);
        if (version >= 2)
        {
            body.Int8(0);
        }

        body.Int32(1).String(topic).Int32(count);
        for (var partition = first; partition < first + count; partition++)
        {
            body.Int32(partition);
            if (version >= 4)
            {
                body.Int32(-1);
            }

            body.Int64(-1);
        }

        var reader = new WireReader(_connection.Request(ApiKey.ListOffsets, version, flexible: false, body));
        if (version >= 2)
        {
            reader.Int32(); // throttle
        }

        reader.Count(false);
        reader.SkipText(false);
        var answered = reader.Count(false);
        return answered == count
            ? TrySumPartitions(ref reader, topic, count, version, ref sum)
            : throw new ProtocolFault($"ListOffsets of {topic} answers {answered} of {count} partitions");
    }

    private static bool TrySumPartitions(ref WireReader reader, string topic, int count, short version, ref long sum)
    {
        for (var left = count; left > 0; left--)
        {
            var partition = reader.Int32();
            var error = (ErrorCode)reader.Int16();
            if (error is ErrorCode.UnknownTopicOrPartition or ErrorCode.LeaderNotAvailable
                or ErrorCode.NotLeaderOrFollower or ErrorCode.OffsetNotAvailable)
            {
                return false;
            }

            if (error != ErrorCode.None)
            {
                throw ProtocolFault.Code("ListOffsets", $"{topic}-{partition}", (short)error);
            }

            reader.Int64(); // timestamp
            sum += reader.Int64();
            if (version >= 4)
            {
                reader.Int32(); // leader epoch
            }
        }

        reader.End("a ListOffsets reply");
        return true;
    }

    private static int Topic(ref WireReader reader, short version)
    {
        var flexible = version >= 9;
        var error = reader.Int16();
        var name = reader.Text(flexible);
        if (error is not (0 or (short)ErrorCode.UnknownTopicOrPartition or (short)ErrorCode.LeaderNotAvailable))
        {
            throw ProtocolFault.Code("Metadata", name ?? "?", error);
        }

        reader.Bool();
        var led = 0;
        for (var left = reader.Count(flexible); left > 0; left--)
        {
            error = reader.Int16();
            reader.Int32();
            var leader = reader.Int32();
            led += error == 0 && leader >= 0 ? 1 : 0;
            if (version >= 7)
            {
                reader.Int32(); // leader epoch
            }

            reader.SkipInt32Array(flexible);
            reader.SkipInt32Array(flexible);
            reader.SkipInt32Array(flexible);
            reader.SkipTags(flexible);
        }

        if (version >= 8)
        {
            reader.Int32(); // authorized operations
        }

        reader.SkipTags(flexible);
        return led;
    }
}
