using System.Buffers.Binary;
using System.Text;
using Actors.Model.Records;

namespace Actors.Grains;

/// <summary>
/// The records of a state log: one per write, key = whose state, value = the state, null value = cleared. Record batches around them
/// carry the CRC. Integers are big-endian.
/// <code>
/// key    offset   size field
///             0      1 version           1
///             1      2 state name bytes  n
///             3      n state name        UTF-8
///           3+n      2 grain type bytes  m
///           5+n      m grain type
///         5+n+m   rest grain key
/// value       0      1 version           1
///             1   rest state             as the storage's serializer wrote it
/// </code>
/// </summary>
internal static class StateRecords
{
    private const byte KeyVersion = 1;
    private const byte ValueVersion = 1;
    private const int ValueHeaderBytes = 1;

    /// <summary>The record key of one grain's state.</summary>
    public static byte[] Key(string stateName, GrainId grain)
    {
        var name = Encoding.UTF8.GetBytes(stateName);
        var type = grain.Type.AsSpan();
        var key = grain.Key.AsSpan();
        var bytes = new byte[5 + name.Length + type.Length + key.Length];
        bytes[0] = KeyVersion;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(1), checked((ushort)name.Length));
        name.CopyTo(bytes.AsSpan(3));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(3 + name.Length), checked((ushort)type.Length));
        type.CopyTo(bytes.AsSpan(5 + name.Length));
        key.CopyTo(bytes.AsSpan(5 + name.Length + type.Length));
        return bytes;
    }

    /// <summary>One batch with one record: a state, or a tombstone where <paramref name="state"/> is null.</summary>
    public static byte[] Batch(byte[] key, ReadOnlyMemory<byte>? state, long timestampMs, int maxBytes)
    {
        ReadOnlyMemory<byte>? value = null;
        if (state is { } bytes)
        {
            var framed = new byte[ValueHeaderBytes + bytes.Length];
            framed[0] = ValueVersion;
            bytes.CopyTo(framed.AsMemory(ValueHeaderBytes));
            value = framed;
        }

        var builder = new RecordBatchBuilder(maxBytes);
        return builder.TryAdd(new Record { TimestampMs = timestampMs, Key = key, Value = value })
            ? builder.Build()
            : throw new ArgumentException($"The state has {value?.Length ?? 0} bytes; a state log takes records of up to {maxBytes} bytes.");
    }

    /// <summary>The state in a record's value.</summary>
    /// <exception cref="InvalidDataException">A version this program does not know wrote it.</exception>
    public static ReadOnlySpan<byte> State(ReadOnlySpan<byte> value) => value.Length >= ValueHeaderBytes && value[0] == ValueVersion
        ? value[ValueHeaderBytes..]
        : throw new InvalidDataException("A state record has a version that this program does not know: it is left as it is.");

    /// <summary>Whether this program may interpret a record with this key.</summary>
    public static bool IsKnownKey(ReadOnlySpan<byte> key) => key.Length >= 5 && key[0] == KeyVersion;
}
