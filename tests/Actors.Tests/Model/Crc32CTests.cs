using System.Text;
using Actors.Model;
using CsCheck;

namespace Actors.Tests.Model;

public sealed class Crc32CTests
{
    private const uint Polynomial = 0x82F63B78;

    [Theory]   // RFC 3720, appendix B.4, and the check value of the CRC catalogue
    [InlineData("123456789", 0xE3069283u)]
    [InlineData("", 0u)]
    public void Known_strings_have_their_published_checksum(string text, uint expected) =>
        Assert.Equal(expected, Crc32C.Compute(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Thirty_two_zero_bytes_have_their_published_checksum() => Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));

    [Theory]   // around every length at which the computation changes its way: 3 × 256 and 3 × 4,096
    [InlineData(767), InlineData(768), InlineData(769), InlineData(1_536), InlineData(12_287), InlineData(12_288), InlineData(12_289)]
    [InlineData(13_056), InlineData(24_576), InlineData(65_536), InlineData(262_127)]
    public void Long_inputs_have_the_checksum_of_the_definition(int length)
    {
        var bytes = Pattern(length);
        Assert.Equal(BitByBit(bytes), Crc32C.Compute(bytes));
    }

    [Fact]
    public void Any_input_at_any_alignment_has_the_checksum_of_the_definition() =>
        Gen.Select(Gen.Byte.Array[0, 30_000], Gen.Int[0, 15])
            .Sample((bytes, skip) => Crc32C.Compute(bytes.AsSpan(Math.Min(skip, bytes.Length)))
                == BitByBit(bytes.AsSpan(Math.Min(skip, bytes.Length))), iter: 200);

    [Fact]
    public void A_checksum_may_be_continued_at_any_point() =>
        Gen.Select(Gen.Byte.Array[0, 40_000], Gen.Int[0, 40_000])
            .Sample((bytes, cut) =>
            {
                var at = Math.Min(cut, bytes.Length);
                return ~Crc32C.Update(Crc32C.Update(~0u, bytes.AsSpan(0, at)), bytes.AsSpan(at)) == Crc32C.Compute(bytes);
            }, iter: 200);

    [Fact]
    public void One_flipped_bit_anywhere_changes_the_checksum()
    {
        var bytes = Pattern(20_000);
        var whole = Crc32C.Compute(bytes);
        for (var at = 0; at < bytes.Length; at += 97)
        {
            bytes[at] ^= 0x10;
            Assert.NotEqual(whole, Crc32C.Compute(bytes));
            bytes[at] ^= 0x10;
        }
    }

    private static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)((i * 31) ^ (i >> 7)))];

    // The definition: one bit at a time.
    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ Polynomial : crc >> 1;
            }
        }

        return ~crc;
    }
}
