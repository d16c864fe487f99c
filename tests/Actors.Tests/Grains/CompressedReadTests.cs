using System.IO.Compression;
using System.Text;
using Actors.Abstractions;
using Actors.Grains;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Records;
using ErrorCode = Actors.Model.ErrorCode;
using Record = Actors.Model.Records.Record;

namespace Actors.Tests.Grains;

public sealed class CompressedReadTests
{
    private readonly LeasePool _pool = new();

    [Fact]
    public void A_compressed_batch_is_answered_as_the_same_records_uncompressed()
    {
        var slices = new[] { Slice(Plain(0, "a", "b")), Slice(Gzip(Plain(2, "c", "d"))), Slice(Plain(4, "e")) };
        var copy = new PlainCopy(new GzipInflater(), fromOffset: 1, maxBytes: 1 << 20);

        Assert.Equal(ErrorCode.None, copy.Take(slices));

        var read = new PartitionRead
        {
            Batches = copy.Bytes, FromOffset = 1, NextOffset = copy.NextOffset, Offsets = new LogOffsets(0, 5, 5),
        };
        Assert.Equal(
            ["1 b", "2 c", "3 d", "4 e"], read.DecodeRecords().Select(r => $"{r.Offset} {Encoding.UTF8.GetString(r.Value!.Value.Span)}"));
        Assert.Equal(5, copy.NextOffset);
    }

    [Fact]
    public void A_control_batch_is_left_out_and_the_reader_moves_on()
    {
        var control = Plain(3, "marker");
        control[RecordBatch.AttributesAt + 1] = 0x20;
        RecordBatch.WriteCrc(control);
        var copy = new PlainCopy(new NoInflater(), fromOffset: 3, maxBytes: 1 << 20);

        Assert.Equal(ErrorCode.None, copy.Take([Slice(control)]));

        Assert.True(copy.Bytes.IsEmpty);
        Assert.Equal(4, copy.NextOffset);
    }

    [Fact]
    public void What_cannot_be_inflated_ends_the_answer_before_it_and_is_named_when_it_is_the_first()
    {
        var zipped = Gzip(Plain(2, "c"));
        var behind = new PlainCopy(new NoInflater(), fromOffset: 0, maxBytes: 1 << 20);
        var first = new PlainCopy(new NoInflater(), fromOffset: 2, maxBytes: 1 << 20);

        Assert.Equal(ErrorCode.None, behind.Take([Slice(Plain(0, "a", "b")), Slice(zipped)]));
        Assert.Equal(ErrorCode.UnsupportedCompressionType, first.Take([Slice(zipped)]));

        Assert.Equal(2, behind.NextOffset);
    }

    private static byte[] Plain(long baseOffset, params string[] values)
    {
        var builder = new RecordBatchBuilder();
        foreach (var value in values)
        {
            builder.TryAdd(new Record { Value = Encoding.UTF8.GetBytes(value) });
        }

        var batch = builder.Build();
        RecordBatch.Stamp(batch, baseOffset, 0);
        return batch;
    }

    private static byte[] Gzip(byte[] plain)
    {
        var memory = new MemoryStream();
        memory.Write(plain.AsSpan(0, RecordBatch.HeaderBytes));
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(plain.AsSpan(RecordBatch.HeaderBytes));
        }

        var batch = memory.ToArray();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatch.LengthAt), batch.Length - 12);
        batch[RecordBatch.AttributesAt + 1] = (byte)CompressionCodec.Gzip;
        RecordBatch.WriteCrc(batch);
        return batch;
    }

    private LeaseSlice Slice(byte[] bytes)
    {
        var slice = _pool.Rent(bytes.Length).Slice(0, bytes.Length);
        bytes.CopyTo(slice.Span);
        return slice;
    }

    private sealed class GzipInflater : IBatchInflater
    {
        public ErrorCode Inflate(CompressionCodec codec, ReadOnlyMemory<byte> compressed, long maxBytes, IInflatedSink sink)
        {
            using var gzip = new GZipStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress);
            var piece = new byte[7];
            for (var count = gzip.Read(piece); count > 0; count = gzip.Read(piece))
            {
                sink.Take(piece.AsSpan(0, count));
            }

            return ErrorCode.None;
        }

        public byte[] Deflate(CompressionCodec codec, ReadOnlySpan<byte> records) => throw new NotSupportedException();
    }
}
