using System.Text;
using Actors.Abstractions;
using Actors.Model.Records;

namespace Actors.Client;

/// <summary>A record that a group's member is given, and where it came from.</summary>
public readonly record struct ConsumedRecord
{
    internal ConsumedRecord(PartitionKey partition, Record record, Assignment assignment)
    {
        Source = partition;
        Record = record;
        Assignment = assignment;
    }

    /// <summary>Its topic and partition.</summary>
    public PartitionKey Source { get; }

    /// <summary>The record. Key and value are slices of the read they came with: whoever keeps them keeps it.</summary>
    public Record Record { get; }

    /// <summary>Its topic.</summary>
    public string Topic => Source.Topic;

    /// <summary>Its partition.</summary>
    public int Partition => Source.Partition;

    /// <summary>Its offset.</summary>
    public long Offset => Record.Offset;

    /// <summary>Its key as UTF-8 text, or null.</summary>
    public string? KeyText => TextOf(Record.Key);

    /// <summary>Its value as UTF-8 text, or null.</summary>
    public string? ValueText => TextOf(Record.Value);

    /// <summary>Its time.</summary>
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds(Record.TimestampMs);

    internal Assignment Assignment { get; }

    /// <summary>Commits that this record, and what precedes it in its partition, has been handled. Done: it is synced.</summary>
    /// <exception cref="LogException">
    /// Refused: the group has gone on without this member (<c>IllegalGeneration</c>, <c>UnknownMemberId</c>, <c>FencedInstanceId</c>), and
    /// another one handles the record again; or no answer came within the delivery timeout.
    /// </exception>
    public Task CommitAsync(CancellationToken cancellationToken = default) => Assignment.Consumer.CommitRecordAsync(this, cancellationToken);

    private static string? TextOf(ReadOnlyMemory<byte>? bytes) => bytes is { } b ? Encoding.UTF8.GetString(b.Span) : null;
}

/// <summary>Records of one partition that were read together.</summary>
/// <param name="Source">Their topic and partition.</param>
/// <param name="Records">The records in the order of their offsets, at least one.</param>
public readonly record struct ConsumedBatch(PartitionKey Source, IReadOnlyList<ConsumedRecord> Records);
