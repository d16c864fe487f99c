using System.Buffers.Binary;
using Actors.Model;
using Actors.Model.Producers;

namespace Actors.Storage.Formats;

/// <summary>
/// The producer snapshot: Kafka's own format (ProducerSnapshot v1), which keeps only the last batch of a producer, followed by a part
/// that Kafka's reader skips and its CRC covers, with the older ones: a producer that has five batches in flight over a crash
/// resends all five. Big-endian.
/// <code>
/// offset size field
///      0    2 version                  1
///      2    4 crc                      CRC-32C of bytes 6..end
///      6    4 entry count
///     10      entries, 46 bytes each, the producer silent longest first:
///          8  producerId
///          2  producerEpoch
///          4  lastSequence             -1: no batch known
///          8  lastOffset               -1: no batch known
///          4  offsetDelta              last offset minus first offset of the last batch
///          8  timestamp                when it was appended, ms since 1970
///          4  coordinatorEpoch
///          8  currentTransactionFirstOffset
///      .    4 "ACTP"
///      .    1 version                  1
///      .      per producer, in the same order:
///          1  batch count              0 to 5, the last one included
///             batches, oldest first: baseSequence i32, lastSequence i32, baseOffset i64, lastOffset i64, appendTimeMs i64
/// </code>
/// </summary>
internal static class ProducerSnapshotFormat
{
    private const short Version = 1;
    private const int EntriesAt = 10;
    private const int EntryBytes = 46;
    private const int BatchBytes = 32;
    private const uint Magic = 0x41435450;

    public static byte[] Write(ProducerTable producers)
    {
        var count = 0;
        var size = EntriesAt + 5;
        foreach (ref readonly var state in producers)
        {
            count++;
            size += EntryBytes + 1 + (state.BatchCount * BatchBytes);
        }

        var bytes = new byte[size];
        BinaryPrimitives.WriteInt16BigEndian(bytes, Version);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(6), count);
        var entry = bytes.AsSpan(EntriesAt);
        var more = bytes.AsSpan(EntriesAt + (count * EntryBytes));
        BinaryPrimitives.WriteUInt32BigEndian(more, Magic);
        more[4] = 1;
        more = more[5..];
        foreach (ref readonly var state in producers)
        {
            WriteEntry(entry, state);
            entry = entry[EntryBytes..];
            more[0] = (byte)state.BatchCount;
            more = more[1..];
            for (var i = 0; i < state.BatchCount; i++)
            {
                WriteBatch(more, state[i]);
                more = more[BatchBytes..];
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), Crc32C.Compute(bytes.AsSpan(6)));
        return bytes;
    }

    /// <summary>The table, or null if the bytes are not a snapshot.</summary>
    public static ProducerTable? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < EntriesAt || BinaryPrimitives.ReadInt16BigEndian(bytes) != Version
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]) != Crc32C.Compute(bytes[6..]))
        {
            return null;
        }

        var count = BinaryPrimitives.ReadInt32BigEndian(bytes[6..]);
        if (count < 0 || count > (bytes.Length - EntriesAt) / EntryBytes)
        {
            return null;
        }

        var more = bytes[(EntriesAt + (count * EntryBytes))..];
        var hasBatches = more.Length >= 5 && BinaryPrimitives.ReadUInt32BigEndian(more) == Magic;
        if (hasBatches && more[4] != 1)
        {
            return null;
        }

        more = hasBatches ? more[5..] : default;
        var states = new ProducerState[count];
        for (var i = 0; i < count; i++)
        {
            states[i] = ReadEntry(bytes[(EntriesAt + (i * EntryBytes))..], hasBatches);
            if (hasBatches && !ReadBatches(ref more, ref states[i]))
            {
                return null;
            }
        }

        // Kafka's own files are in no order; the table wants the order of last appends.
        var table = new ProducerTable();
        foreach (var state in states.OrderBy(s => s.LastAppendTimeMs))
        {
            table.Restore(state);
        }

        return table;
    }

    private static void WriteEntry(Span<byte> to, in ProducerState state)
    {
        var last = state.BatchCount == 0 ? new ProducerBatch(-1, -1, -1, -1, state.LastAppendTimeMs) : state[state.BatchCount - 1];
        BinaryPrimitives.WriteInt64BigEndian(to, state.ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(to[8..], state.Epoch);
        BinaryPrimitives.WriteInt32BigEndian(to[10..], last.LastSequence);
        BinaryPrimitives.WriteInt64BigEndian(to[14..], last.LastOffset);
        BinaryPrimitives.WriteInt32BigEndian(to[22..], (int)(last.LastOffset - last.BaseOffset));
        BinaryPrimitives.WriteInt64BigEndian(to[26..], state.LastAppendTimeMs);
        BinaryPrimitives.WriteInt32BigEndian(to[34..], state.CoordinatorEpoch);
        BinaryPrimitives.WriteInt64BigEndian(to[38..], state.TransactionFirstOffset);
    }

    private static void WriteBatch(Span<byte> to, in ProducerBatch batch)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, batch.BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(to[4..], batch.LastSequence);
        BinaryPrimitives.WriteInt64BigEndian(to[8..], batch.BaseOffset);
        BinaryPrimitives.WriteInt64BigEndian(to[16..], batch.LastOffset);
        BinaryPrimitives.WriteInt64BigEndian(to[24..], batch.AppendTimeMs);
    }

    private static ProducerState ReadEntry(ReadOnlySpan<byte> from, bool batchesFollow)
    {
        var state = new ProducerState(BinaryPrimitives.ReadInt64BigEndian(from), BinaryPrimitives.ReadInt16BigEndian(from[8..]));
        var lastSequence = BinaryPrimitives.ReadInt32BigEndian(from[10..]);
        var lastOffset = BinaryPrimitives.ReadInt64BigEndian(from[14..]);
        var delta = BinaryPrimitives.ReadInt32BigEndian(from[22..]);
        var timeMs = BinaryPrimitives.ReadInt64BigEndian(from[26..]);
        if (!batchesFollow && lastSequence >= 0)
        {
            var first = lastSequence >= delta ? lastSequence - delta : int.MaxValue - (delta - lastSequence) + 1;
            state.Add(new ProducerBatch(first, lastSequence, lastOffset - delta, lastOffset, timeMs));
        }

        state.LastAppendTimeMs = timeMs;
        state.CoordinatorEpoch = BinaryPrimitives.ReadInt32BigEndian(from[34..]);
        state.TransactionFirstOffset = BinaryPrimitives.ReadInt64BigEndian(from[38..]);
        return state;
    }

    private static bool ReadBatches(ref ReadOnlySpan<byte> from, ref ProducerState state)
    {
        if (from.IsEmpty || from[0] > ProducerBatches.Capacity || from.Length < 1 + (from[0] * BatchBytes))
        {
            return false;
        }

        var count = from[0];
        var lastAppendMs = state.LastAppendTimeMs;
        from = from[1..];
        for (var i = 0; i < count; i++)
        {
            state.Add(new ProducerBatch(
                BinaryPrimitives.ReadInt32BigEndian(from),
                BinaryPrimitives.ReadInt32BigEndian(from[4..]),
                BinaryPrimitives.ReadInt64BigEndian(from[8..]),
                BinaryPrimitives.ReadInt64BigEndian(from[16..]),
                BinaryPrimitives.ReadInt64BigEndian(from[24..])));
            from = from[BatchBytes..];
        }

        state.LastAppendTimeMs = lastAppendMs;
        return true;
    }
}
