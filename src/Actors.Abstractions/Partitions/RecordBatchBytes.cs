using Actors.Model.Records;

namespace Actors.Abstractions;

/// <summary>
/// Records, encoded once as one Kafka record batch v2 of at most <see cref="MaxBytes"/>: the same bytes travel in the call, to the disk
/// and to consumers. The array belongs to the call from then on: nobody writes to it or puts it back into a pool.
/// </summary>
/// <param name="Bytes">Exactly one whole batch.</param>
[GenerateSerializer, Immutable, Alias("actors.record-batch")]
public readonly record struct RecordBatchBytes([property: Id(0)] byte[] Bytes)
{
    /// <summary>Most bytes of one batch in one grain call: 1 MiB. Larger ones hold up the connection they share with all others.</summary>
    public const int MaxBytes = RecordBatchBuilder.DefaultMaxBytes;

    /// <summary>Encodes records as one batch.</summary>
    /// <exception cref="ArgumentException">There are none, or they need more than <see cref="MaxBytes"/>.</exception>
    public static RecordBatchBytes Encode(params IEnumerable<Record> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        var builder = new RecordBatchBuilder(MaxBytes);
        foreach (var record in records)
        {
            if (!builder.TryAdd(record))
            {
                throw new ArgumentException($"The records need more than {MaxBytes} bytes: append them in several batches.", nameof(records));
            }
        }

        return builder.Count > 0
            ? new RecordBatchBytes(builder.Build())
            : throw new ArgumentException("A batch needs at least one record.", nameof(records));
    }
}
