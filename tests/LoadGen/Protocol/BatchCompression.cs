using System.Buffers.Binary;
using System.IO.Compression;
using K4os.Compression.LZ4;
using K4os.Compression.LZ4.Streams;
using Snappier;
using ZstdSharp;

namespace LoadGen.Protocol;

/// <summary>Compresses records as Kafka's Java client does.</summary>
internal static class BatchCompression
{
    private const int SnappyChunkBytes = 32 * 1024;

    public static byte[] Compress(BatchCodec codec, ReadOnlySpan<byte> records)
    {
        if (codec is BatchCodec.None or BatchCodec.Snappy)
        {
            return codec == BatchCodec.None ? records.ToArray() : CompressSnappy(records);
        }

        using var target = new MemoryStream();
        using (Stream stream = codec switch
        {
            BatchCodec.Gzip => new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true),
            BatchCodec.Lz4 => LZ4Stream.Encode(
                target, // Kafka's reader refuses chained blocks, so each block stands alone
                new LZ4EncoderSettings { ChainBlocks = false, BlockSize = 65536, CompressionLevel = LZ4Level.L00_FAST }, leaveOpen: true),
            _ => new CompressionStream(target, 3, leaveOpen: true),
        })
        {
            stream.Write(records);
        }

        return target.ToArray();
    }

    // snappy-java's framing: a header of 16 bytes, then chunks with their lengths.
    private static byte[] CompressSnappy(ReadOnlySpan<byte> records)
    {
        using var target = new MemoryStream();
        target.Write([0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0, 0, 0, 0, 1, 0, 0, 0, 1]);
        Span<byte> length = stackalloc byte[4];
        while (!records.IsEmpty)
        {
            var chunk = records[..Math.Min(SnappyChunkBytes, records.Length)];
            var compressed = Snappy.CompressToArray(chunk);
            BinaryPrimitives.WriteInt32BigEndian(length, compressed.Length);
            target.Write(length);
            target.Write(compressed);
            records = records[chunk.Length..];
        }

        return target.ToArray();
    }
}
