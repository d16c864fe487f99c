using Actors.Kafka.Wire;

namespace Actors.Tests.KafkaWire;

public sealed class KafkaWriterTests
{
    [Fact]
    public void Frames_stand_behind_each_other_and_count_their_spliced_bytes()
    {
        using var writer = new KafkaWriter(16);
        byte[][] slices = [[.. Enumerable.Repeat((byte)0xA0, 300)], [], [.. Enumerable.Repeat((byte)0xA2, 5)]];
        for (var i = 0; i < slices.Length; i++)
        {
            var frame = writer.BeginFrame();
            writer.WriteInt32(i);
            writer.WriteRecords(new WireRange(i, slices[i].Length), compact: i == 2);
            writer.WriteInt8(7);
            writer.EndFrame(frame);
        }

        Assert.Equal([new Splice(12, 0, 300), new Splice(35, 2, 5)], writer.Splices.ToArray());
        Assert.Equal(305, writer.SplicedBytes);
        var all = writer.ToArray(i => slices[i]);
        var reader = new KafkaReader(all);
        for (var i = 0; i < slices.Length; i++)
        {
            var length = reader.ReadInt32();
            var end = reader.Position + length;
            Assert.Equal(i, reader.ReadInt32());
            Assert.Equal(slices[i], reader.ReadRecords(compact: i == 2).In(all).ToArray());
            Assert.Equal(7, reader.ReadInt8());
            Assert.Equal(end, reader.Position);
        }

        reader.EnsureEnd();
        writer.Reset();
        Assert.Equal((0, 0, 0L), (writer.Position, writer.Splices.Length, writer.SplicedBytes));
    }

    [Fact]
    public void Null_records_leave_no_splice()
    {
        using var writer = new KafkaWriter();
        writer.WriteRecords(WireRange.Null, compact: false);
        writer.WriteRecords(WireRange.Null, compact: true);
        Assert.Equal([0xFF, 0xFF, 0xFF, 0xFF, 0], writer.WrittenSpan.ToArray());
        Assert.Equal(0, writer.Splices.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(16383)]
    [InlineData(16384)]
    [InlineData(3_000_000)]
    public void A_tagged_field_of_any_length_is_read_back(int lengthBytes)
    {
        using var writer = new KafkaWriter(16);
        writer.WriteUnsignedVarint(1);
        var tag = writer.BeginTag(5);
        var body = new byte[lengthBytes];
        new Random(1).NextBytes(body);
        writer.WriteRaw(body);
        writer.EndTag(tag);
        writer.WriteInt16(99);

        var reader = new KafkaReader(writer.WrittenSpan);
        Assert.Equal(1, reader.ReadTagCount());
        Assert.Equal(5u, reader.ReadTag(out var end));
        Assert.Equal(body, reader.Frame[reader.Position..end].ToArray());
        reader.SkipTag(end);
        Assert.Equal(99, reader.ReadInt16());
        reader.EnsureEnd();
    }

    [Fact]
    public void What_cannot_be_written_is_our_own_fault()
    {
        using var writer = new KafkaWriter();
        Assert.Throws<InvalidOperationException>(() => writer.WriteString((string)null!, compact: true));
        Assert.Throws<InvalidOperationException>(() => writer.WriteString(new string('x', WireLimits.MaxStringBytes + 1), compact: true));
        Assert.Throws<InvalidOperationException>(() => new MetadataRequest { Topics = null }.Write(writer, 0));
        Assert.Throws<InvalidOperationException>(() => new MetadataRequest { Topics = [new() { Name = null }] }.Write(writer, 9));
        writer.WriteString(new string('x', WireLimits.MaxStringBytes), compact: false);
    }

    [Fact]
    public void A_writer_does_not_grow_beyond_its_limit_and_gives_large_buffers_back()
    {
        using var writer = new KafkaWriter();
        var block = new byte[1 << 20];
        for (var written = 0; written < WireLimits.MaxWriterBytes; written += block.Length)
        {
            writer.WriteRaw(block);
        }

        Assert.Throws<InvalidOperationException>(() => writer.WriteRaw(block));
        writer.Reset();
        writer.WriteInt32(1);
        Assert.Equal(4, writer.Written.Length);
        writer.Dispose();
        writer.WriteInt32(2); // rents again
        Assert.Equal([0, 0, 0, 2], writer.WrittenSpan.ToArray());
    }
}
