using LoadGen.Protocol;

namespace LoadGen.Scenarios;

/// <summary>What a producing load looks like on the wire.</summary>
internal sealed record ProduceShape
{
    public required string Name { get; init; }
    public int Connections { get; init; } = 1;

    /// <summary>Requests outstanding per connection.</summary>
    public int InFlight { get; init; } = 5;

    public int Partitions { get; init; } = 1;

    /// <summary>Bytes a batch is filled to before compression; not used where <see cref="RecordsPerBatch"/> is set.</summary>
    public int BatchBytes { get; init; } = 256 * 1024;

    /// <summary>Exact number of records per request; 0: fill to <see cref="BatchBytes"/>.</summary>
    public int RecordsPerBatch { get; init; }

    public int ValueBytes { get; init; } = 100;
    public BatchCodec Codec { get; init; }

    /// <summary>-1 all, 1 leader, 0 none.</summary>
    public short Acks { get; init; } = -1;

    /// <summary>Produce version, 7 to 9; 0: the greatest both sides know.</summary>
    public short Version { get; init; }

    /// <summary>Threads that share the connections through epoll; 0: one blocking thread per connection.</summary>
    public int EpollThreads { get; init; }

    /// <summary>Settings of the topic, by Kafka's names.</summary>
    public IReadOnlyDictionary<string, string> TopicConfigs { get; init; } = TopicSettings.None;

    public PreparedBatch Prepare()
    {
        var nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        return RecordsPerBatch > 0
            ? RecordBatchBuilder.Of(RecordsPerBatch, ValueBytes, Codec, nowMs)
            : RecordBatchBuilder.FillTo(BatchBytes, ValueBytes, Codec, nowMs);
    }
}

/// <summary>How long a load lasts and how much disk it may use.</summary>
internal sealed record LoadBudget
{
    public double WarmUpSeconds { get; init; } = 3;
    public double Seconds { get; init; } = 10;

    /// <summary>Bytes one topic may take before the run stops by itself.</summary>
    public long MaxBytes { get; init; } = 4_000_000_000;

    /// <summary>Requests after which the run stops by itself.</summary>
    public long MaxRequests { get; init; } = long.MaxValue;
}
