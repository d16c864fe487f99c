using System.Text;
using Actors.Model;

namespace Actors.Tests.Model;

public sealed class Crc32CTests
{
    [Theory]   // RFC 3720, appendix B.4, and the check value of the CRC catalogue
    [InlineData("123456789", 0xE3069283u)]
    [InlineData("", 0u)]
    public void Known_strings_have_their_published_checksum(string text, uint expected) =>
        Assert.Equal(expected, Crc32C.Compute(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Thirty_two_zero_bytes_have_their_published_checksum() => Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));
}
