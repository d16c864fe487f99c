using System.Buffers.Binary;
using System.Numerics;

namespace Conformance.Wire;

/// <summary>
/// Builds one record batch (layout: <see cref="StoredBatch"/>), well-formed unless a test changes a field on purpose. The checksum is
/// computed last, over what the batch then holds, unless <see cref="BadChecksum"/> asks for a wrong one.
/// </summary>
public sealed class BatchBuilder
{
    private readonly List<(byte[]? Key, byte[]? Value)> _records = [];

    public sbyte Magic { get; init; } = 2;

    public short Attributes { get; init; }

    public long BaseTimestamp { get; init; } = 1_700_000_000_000;

    public long ProducerId { get; init; } = -1;

    public short ProducerEpoch { get; init; } = -1;

    public int BaseSequence { get; init; } = -1;

    /// <summary>What the header claims; null tells the truth.</summary>
    public int? ClaimedCount { get; init; }

    /// <summary>What the header claims; null tells the truth.</summary>
    public int? ClaimedLastOffsetDelta { get; init; }

    /// <summary>Added to the true length field.</summary>
    public int LengthError { get; init; }

    public bool BadChecksum { get; init; }

    /// <summary>Replaces the encoded records: compressed ones, or nonsense.</summary>
    public byte[]? Payload { get; init; }

    public BatchBuilder Add(byte[]? key, byte[]? value)
    {
        _records.Add((key, value));
        return this;
    }

    public BatchBuilder Add(string value) => Add(null, System.Text.Encoding.UTF8.GetBytes(value));

    public byte[] Build()
    {
        var records = Payload ?? EncodeRecords();
        var bytes = new byte[StoredBatch.HeaderBytes + records.Length];
        var span = bytes.AsSpan();
        BinaryPrimitives.WriteInt32BigEndian(span[8..], bytes.Length - 12 + LengthError);
        BinaryPrimitives.WriteInt32BigEndian(span[12..], -1);
        bytes[16] = (byte)Magic;
        BinaryPrimitives.WriteInt16BigEndian(span[21..], Attributes);
        BinaryPrimitives.WriteInt32BigEndian(span[23..], ClaimedLastOffsetDelta ?? _records.Count - 1);
        BinaryPrimitives.WriteInt64BigEndian(span[27..], BaseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(span[35..], BaseTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(span[43..], ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(span[51..], ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(span[53..], BaseSequence);
        BinaryPrimitives.WriteInt32BigEndian(span[57..], ClaimedCount ?? _records.Count);
        records.CopyTo(bytes, StoredBatch.HeaderBytes);
        BinaryPrimitives.WriteUInt32BigEndian(span[17..], Crc32C(span[21..]) + (BadChecksum ? 1u : 0u));
        return bytes;
    }

    public byte[] EncodeRecords()
    {
        var all = new WireWriter();
        for (var i = 0; i < _records.Count; i++)
        {
            var (key, value) = _records[i];
            var body = new WireWriter().Int8(0).Varint(0).Varint(i);
            Field(body, key);
            Field(body, value);
            var encoded = body.Varint(0).ToArray();
            all.Varint(encoded.Length).Raw(encoded);
        }

        return all.ToArray();
    }

    private static void Field(WireWriter body, byte[]? bytes)
    {
        body.Varint(bytes?.Length ?? -1);
        body.Raw(bytes);
    }

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
