using System.Buffers;
using System.Buffers.Binary;
using Actors.Model;
using Actors.Model.Ports;
using Snappier;

namespace Actors.Storage.Codecs;

/// <summary>
/// Snappy as Kafka's clients send it: xerial's framing (snappy-java's SnappyOutputStream), or one raw block (librdkafka, others).
/// <code>
/// offset size field
///      0    8 0x82 "SNAPPY" 0x00
///      8    4 version, big-endian            1
///     12    4 compatible version             1
///     16      chunks: length (4, big-endian), snappy block
/// </code>
/// </summary>
internal static class SnappyFraming
{
    private const int HeaderBytes = 16;
    private const int ChunkBytes = 32 * 1024;

    private static ReadOnlySpan<byte> Magic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    public static ErrorCode Inflate(ReadOnlySpan<byte> bytes, long maxBytes, IInflatedSink sink)
    {
        if (!bytes.StartsWith(Magic))
        {
            var total = 0L;
            return InflateBlock(bytes, maxBytes, ref total, sink, out _);
        }

        if (bytes.Length < HeaderBytes)
        {
            return ErrorCode.CorruptMessage;
        }

        var inflated = 0L;
        for (bytes = bytes[HeaderBytes..]; !bytes.IsEmpty;)
        {
            if (bytes.Length < 4 || BinaryPrimitives.ReadInt32BigEndian(bytes) is var length && (length < 0 || length > bytes.Length - 4))
            {
                return ErrorCode.CorruptMessage;
            }

            var error = InflateBlock(bytes.Slice(4, length), maxBytes, ref inflated, sink, out var goOn);
            if (error != ErrorCode.None || !goOn)
            {
                return error;
            }

            bytes = bytes[(4 + length)..];
        }

        return ErrorCode.None;
    }

    public static byte[] Deflate(ReadOnlySpan<byte> records)
    {
        var result = new ArrayBufferWriter<byte>(HeaderBytes + (records.Length / 2) + 64);
        Magic.CopyTo(result.GetSpan(HeaderBytes));
        BinaryPrimitives.WriteInt32BigEndian(result.GetSpan(HeaderBytes)[8..], 1);
        BinaryPrimitives.WriteInt32BigEndian(result.GetSpan(HeaderBytes)[12..], 1);
        result.Advance(HeaderBytes);
        while (!records.IsEmpty)
        {
            var chunk = records[..Math.Min(ChunkBytes, records.Length)];
            var to = result.GetSpan(4 + Snappy.GetMaxCompressedLength(chunk.Length));
            var length = Snappy.Compress(chunk, to[4..]);
            BinaryPrimitives.WriteInt32BigEndian(to, length);
            result.Advance(4 + length);
            records = records[chunk.Length..];
        }

        return result.WrittenSpan.ToArray();
    }

    private static ErrorCode InflateBlock(ReadOnlySpan<byte> block, long maxBytes, ref long total, IInflatedSink sink, out bool goOn)
    {
        goOn = true;
        var size = Snappy.GetUncompressedLength(block);
        total += size;
        if (size < 0 || total > maxBytes)
        {
            return size < 0 ? ErrorCode.CorruptMessage : ErrorCode.MessageTooLarge;
        }

        // A block cannot inflate to more than about 21 times its size (a copy element of 3 bytes gives 64): a lie costs nothing.
        if (size > (block.Length * 32L) + 64)
        {
            return ErrorCode.CorruptMessage;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            if (Snappy.Decompress(block, buffer) != size)
            {
                return ErrorCode.CorruptMessage;
            }

            goOn = size == 0 || sink.Take(buffer.AsSpan(0, size));
            return ErrorCode.None;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
