using Actors.Kafka.Wire;

namespace Actors.Tests.KafkaWire;

public sealed class KafkaReaderTests
{
    [Theory]
    [InlineData("00", 0u)]
    [InlineData("7f", 127u)]
    [InlineData("8001", 128u)]
    [InlineData("ff7f", 16383u)]
    [InlineData("ffffffff0f", uint.MaxValue)]
    [InlineData("8000", 0u)] // not the shortest form, which Kafka takes too
    public void Varints(string hex, uint expected)
    {
        var reader = new KafkaReader(Convert.FromHexString(hex));
        Assert.Equal(expected, reader.ReadUnsignedVarint());
        reader.EnsureEnd();
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]
    [InlineData("ffffffff")]
    [InlineData("ffffffff10")] // 33 bits
    [InlineData("ffffffff8000")] // six bytes
    public void Varints_without_end_or_above_32_bits_are_a_fault(string hex) =>
        Assert.Throws<WireFault>(() => new KafkaReader(Convert.FromHexString(hex)).ReadUnsignedVarint());

    [Theory]
    [InlineData("8000", false)] // length -32768
    [InlineData("fffe", false)] // length -2
    [InlineData("0003 6162", false)]
    [InlineData("04 6162", true)]
    [InlineData("ffffffff0f", true)] // length 2^32 - 2
    [InlineData("818004", true)] // length 65,536: above the protocol's 32,767
    public void Strings_that_do_not_fit_are_a_fault(string hex, bool compact) =>
        Assert.Throws<WireFault>(() => new KafkaReader(Bytes(hex)).ReadNullableString(compact));

    [Fact]
    public void Null_where_none_may_be_is_a_fault()
    {
        Assert.Throws<WireFault>(() => new KafkaReader(Bytes("ffff")).ReadString(false));
        Assert.Throws<WireFault>(() => new KafkaReader(Bytes("00")).ReadString(true));
        Assert.Throws<WireFault>(() => new KafkaReader(Bytes("ffffffff")).ReadBytes(false));
        Assert.Throws<WireFault>(() => new KafkaReader(Bytes("ffffffff")).ReadArrayCount(false, 1));
        Assert.Throws<WireFault>(() => new KafkaReader(Bytes("00")).ReadArrayCount(true, 1));
    }

    [Fact]
    public void A_count_is_held_against_the_bytes_that_remain()
    {
        Assert.Equal(2, new KafkaReader(Bytes("00000002 00000000")).ReadArrayCount(false, 2));
        Assert.Throws<WireFault>(() => new KafkaReader(Bytes("00000003 00000000")).ReadArrayCount(false, 2));
        Assert.Throws<WireFault>(() => new KafkaReader(Bytes("7fffffff 00000000")).ReadNullableArrayCount(false, 1));
        Assert.Throws<WireFault>(() => new KafkaReader(Bytes("fffffffe 00000000")).ReadNullableArrayCount(false, 1));
        Assert.Throws<WireFault>(() => new KafkaReader(Bytes("ffffffff0f 00000000")).ReadNullableArrayCount(true, 1));
    }

    [Fact]
    public void Unknown_tagged_fields_are_stepped_over()
    {
        // ApiVersions v3 request "a" "b" with an unknown tag 9 of three bytes.
        var reader = new KafkaReader(Bytes("02 61 02 62 01 09 03 010203"));
        Assert.Equal("a", ApiVersionsRequest.Read(ref reader, 3).ClientSoftwareName);
        reader.EnsureEnd();
    }

    [Fact]
    public void A_known_tagged_field_that_does_not_fill_its_length_is_a_fault()
    {
        // ApiVersions v3 response: no keys, tag 3 (one byte) announced with two.
        Assert.Throws<WireFault>(() =>
        {
            var reader = new KafkaReader(Bytes("0000 01 00000000 01 03 02 0100"));
            ApiVersionsResponse.Read(ref reader, 3);
        });
    }

    [Fact]
    public void Records_are_a_range_of_the_frame()
    {
        var reader = new KafkaReader(Bytes("ffff 00000003 aabbcc"), start: 2);
        var records = reader.ReadRecords(compact: false);
        Assert.Equal(new WireRange(6, 3), records);
        Assert.Equal([0xAA, 0xBB, 0xCC], records.In(reader.Frame).ToArray());
        Assert.True(new KafkaReader(Bytes("00")).ReadRecords(compact: true).IsNull);
        Assert.Equal(0, new KafkaReader(Bytes("01")).ReadRecords(compact: true).LengthBytes);
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
