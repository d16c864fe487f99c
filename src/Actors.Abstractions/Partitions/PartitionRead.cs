using Actors.Model.Records;

namespace Actors.Abstractions;

/// <summary>What a read found: whole record batches, one behind the other, never compressed.</summary>
[GenerateSerializer, Immutable, Alias("actors.partition-read")]
public sealed record PartitionRead
{
    /// <summary>The batches; the first one may begin below <see cref="FromOffset"/>. Empty: nothing new.</summary>
    [Id(0)] public required ReadOnlyMemory<byte> Batches { get; init; }
    /// <summary>The first offset asked for, as a number where the query named Latest or Earliest.</summary>
    [Id(1)] public required long FromOffset { get; init; }
    /// <summary>Where the next read goes on.</summary>
    [Id(2)] public required long NextOffset { get; init; }
    /// <summary>The log's offsets at the time of the read.</summary>
    [Id(3)] public required LogOffsets Offsets { get; init; }

    /// <summary>The records at and above <see cref="FromOffset"/>, as slices of <see cref="Batches"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are not whole record batches with a right CRC.</exception>
    public IReadOnlyList<Record> DecodeRecords()
    {
        var records = new List<Record>();
        var rest = Batches;
        while (!rest.IsEmpty)
        {
            var size = rest.Length < RecordBatch.HeaderBytes ? -1 : RecordBatch.SizeBytes(rest.Span);
            if (size < RecordBatch.HeaderBytes || size > rest.Length || !RecordBatch.HasValidCrc(rest.Span[..size])
                || Record.ReadAll(rest[..size], FromOffset, records) != ErrorCode.None)
            {
                throw new InvalidDataException($"The read from offset {FromOffset} holds a record batch that is damaged.");
            }

            rest = rest[size..];
        }

        return records;
    }
}

/// <summary>Where a log starts and ends.</summary>
/// <param name="LogStart">First offset that is kept.</param>
/// <param name="HighWatermark">End of what is committed: reads see below it.</param>
/// <param name="LogEnd">Offset the next record gets.</param>
[GenerateSerializer, Immutable, Alias("actors.log-offsets")]
public sealed record LogOffsets(
    [property: Id(0)] long LogStart,
    [property: Id(1)] long HighWatermark,
    [property: Id(2)] long LogEnd);

/// <summary>A batch that was appended.</summary>
/// <param name="BaseOffset">Offset of its first record.</param>
/// <param name="RecordCount">Number of its records: they have the offsets from <paramref name="BaseOffset"/> on.</param>
/// <param name="LogAppendTimeMs">The leader's time where the topic uses LogAppendTime, else -1.</param>
[GenerateSerializer, Immutable, Alias("actors.appended-batch")]
public sealed record AppendedBatch(
    [property: Id(0)] long BaseOffset,
    [property: Id(1)] int RecordCount,
    [property: Id(2)] long LogAppendTimeMs);

/// <summary>Answer to a search by time.</summary>
/// <param name="Offset">The offset found.</param>
/// <param name="TimestampMs">Timestamp of the record there, or -1 where it is the log's end.</param>
[GenerateSerializer, Immutable, Alias("actors.found-offset")]
public sealed record FoundOffset([property: Id(0)] long Offset, [property: Id(1)] long TimestampMs);
