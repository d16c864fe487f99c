using System.Buffers;
using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Records;
using K4os.Compression.LZ4;
using K4os.Compression.LZ4.Streams;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Actors.Storage.Codecs;

/// <summary>
/// Kafka's four codecs. Inflates in pieces of at most 64 KiB and stops at the cap, so that a bomb costs time for the cap at most and
/// no memory: gzip, lz4 and zstd stream; a snappy block says its size before it is opened. Safe for concurrent use.
/// </summary>
public sealed class BatchInflater : IBatchInflater
{
    private const int PieceBytes = 64 * 1024;

    /// <summary>Largest zstd window that is taken, as a power of two: 128 MiB, what zstd itself takes by default.</summary>
    private const int MaxWindowLog = 27;

    /// <summary>Window that every frame may have, 8 MiB: what the levels up to 19 use, however short the content.</summary>
    private const int MinWindowLog = 23;

    /// <summary>Kafka's Java client refuses blocks that lean on the ones before.</summary>
    private static readonly LZ4EncoderSettings s_lz4 =
        new() { ChainBlocks = false, BlockSize = 64 * 1024, CompressionLevel = LZ4Level.L00_FAST };

    /// <inheritdoc/>
    public ErrorCode Inflate(CompressionCodec codec, ReadOnlyMemory<byte> compressed, long maxBytes, IInflatedSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        try
        {
            switch (codec)
            {
                case CompressionCodec.None:
                    return compressed.Length > maxBytes ? ErrorCode.MessageTooLarge : Pass(compressed.Span, sink);
                case CompressionCodec.Gzip:
                    using (var gzip = new GZipStream(Read(compressed), CompressionMode.Decompress))
                    {
                        return Pump(gzip, maxBytes, sink);
                    }

                case CompressionCodec.Snappy:
                    return SnappyFraming.Inflate(compressed.Span, maxBytes, sink);
                case CompressionCodec.Lz4:
                    using (var lz4 = LZ4Stream.Decode(Read(compressed), leaveOpen: true))
                    {
                        return Pump(lz4, maxBytes, sink);
                    }

                case CompressionCodec.Zstd:
                    using (var zstd = new DecompressionStream(Read(compressed)))
                    {
                        var log = BitOperations.Log2((ulong)Math.Max(1, maxBytes)) + 1;
                        zstd.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, Math.Clamp(log, MinWindowLog, MaxWindowLog));
                        return Pump(zstd, maxBytes, sink);
                    }

                default:
                    return ErrorCode.UnsupportedCompressionType;
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever a decoder throws over a peer's bytes, it is the peer's fault: the batch is answered as corrupt.
            return ErrorCode.CorruptMessage;
        }
    }

    /// <inheritdoc/>
    public byte[] Deflate(CompressionCodec codec, ReadOnlySpan<byte> records)
    {
        if (codec == CompressionCodec.None)
        {
            return records.ToArray();
        }

        if (codec == CompressionCodec.Snappy)
        {
            return SnappyFraming.Deflate(records);
        }

        var result = new MemoryStream();
        using (Stream stream = codec switch
        {
            CompressionCodec.Gzip => new GZipStream(result, CompressionLevel.Optimal, leaveOpen: true),
            CompressionCodec.Lz4 => LZ4Stream.Encode(result, s_lz4, leaveOpen: true),
            CompressionCodec.Zstd => new CompressionStream(result, 3, leaveOpen: true),
            _ => throw new ArgumentOutOfRangeException(nameof(codec)),
        })
        {
            stream.Write(records);
        }

        return result.ToArray();
    }

    private static ErrorCode Pass(ReadOnlySpan<byte> bytes, IInflatedSink sink)
    {
        while (!bytes.IsEmpty)
        {
            var piece = bytes[..Math.Min(PieceBytes, bytes.Length)];
            if (!sink.Take(piece))
            {
                break;
            }

            bytes = bytes[piece.Length..];
        }

        return ErrorCode.None;
    }

    private static ErrorCode Pump(Stream stream, long maxBytes, IInflatedSink sink)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            var total = 0L;
            int read;
            while ((read = stream.Read(buffer, 0, PieceBytes)) > 0)
            {
                total += read;
                if (total > maxBytes)
                {
                    return ErrorCode.MessageTooLarge;
                }

                if (!sink.Take(buffer.AsSpan(0, read)))
                {
                    return ErrorCode.None;
                }
            }

            return ErrorCode.None;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static MemoryStream Read(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);
}
