namespace Conformance.Wire;

public enum BatchCodec
{
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,
    Zstd = 4,
}

/// <summary>
/// The header of one batch as the node keeps it (format v2, all big-endian):
/// <code>
///  0 baseOffset i64      8 batchLength i32    12 partitionLeaderEpoch i32   16 magic i8      17 crc u32
/// 21 attributes i16     23 lastOffsetDelta i32 27 baseTimestamp i64          35 maxTimestamp i64
/// 43 producerId i64     51 producerEpoch i16  53 baseSequence i32           57 recordCount i32   61 records
/// </code>
/// </summary>
public sealed record StoredBatch(
    long BaseOffset, int LengthBytes, int LeaderEpoch, short Attributes, int LastOffsetDelta, long ProducerId, int BaseSequence, int RecordCount)
{
    public const int HeaderBytes = 61;

    public BatchCodec Codec => (BatchCodec)(Attributes & 7);

    /// <summary>All batches of a partition, read with Fetch v4, whose layout has no moving parts.</summary>
    public static async Task<IReadOnlyList<StoredBatch>> ReadAllAsync(
        string bootstrap, string topic, int partition, CancellationToken cancellation)
    {
        using var connection = await RawConnection.OpenAsync(bootstrap, cancellation);
        var batches = new List<StoredBatch>();
        long next = 0;
        while (true)
        {
            var (highWatermark, records) = await FetchAsync(connection, topic, partition, next, cancellation);
            var before = batches.Count;
            Read(records, batches);
            if (batches.Count == before)
            {
                Assert.Equal(highWatermark, next);
                return batches;
            }

            next = batches[^1].BaseOffset + batches[^1].LastOffsetDelta + 1;
        }
    }

    private static async Task<(long HighWatermark, ReadOnlyMemory<byte> Records)> FetchAsync(
        RawConnection connection, string topic, int partition, long offset, CancellationToken cancellation)
    {
        const int maxBytes = 4 * 1024 * 1024;
        var body = new WireWriter().Int32(-1).Int32(0).Int32(1).Int32(maxBytes).Int8(0)
            .Int32(1).String(topic).Int32(1).Int32(partition).Int64(offset).Int32(maxBytes).ToArray();
        var answer = await connection.CallAsync(1, 4, body, flexibleRequest: false, flexibleResponse: false, cancellation);
        answer.Int32(); // throttle
        Assert.Equal(1, answer.Int32());
        Assert.Equal(topic, answer.String());
        Assert.Equal(1, answer.Int32());
        Assert.Equal(partition, answer.Int32());
        Assert.Equal(0, answer.Int16());
        var highWatermark = answer.Int64();
        answer.Int64(); // last stable offset
        for (var aborted = answer.Int32(); aborted > 0; aborted--)
        {
            answer.Raw(16);
        }

        return (highWatermark, answer.Bytes() ?? ReadOnlyMemory<byte>.Empty);
    }

    private static void Read(ReadOnlyMemory<byte> records, List<StoredBatch> into)
    {
        // The last batch may be cut off: a fetch answers bytes, not batches.
        var reader = new WireReader(records);
        while (reader.Remaining >= HeaderBytes)
        {
            var baseOffset = reader.Int64();
            var length = reader.Int32();
            if (length - (HeaderBytes - 12) > reader.Remaining - (HeaderBytes - 12))
            {
                return;
            }

            var epoch = reader.Int32();
            Assert.Equal(2, reader.Int8());
            reader.UInt32();
            var attributes = reader.Int16();
            var lastDelta = reader.Int32();
            reader.Raw(16);
            var producer = reader.Int64();
            reader.Int16();
            var sequence = reader.Int32();
            var count = reader.Int32();
            reader.Raw(length - (HeaderBytes - 12));
            into.Add(new StoredBatch(baseOffset, length + 12, epoch, attributes, lastDelta, producer, sequence, count));
        }
    }
}
