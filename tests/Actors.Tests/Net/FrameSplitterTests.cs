using Actors.Net;

namespace Actors.Tests.Net;

public sealed class FrameSplitterTests
{
    [Theory]
    [InlineData("", FrameStatus.NoLength, 0)]
    [InlineData("00 00 00", FrameStatus.NoLength, 0)]
    [InlineData("00 00 00 00", FrameStatus.Whole, 0)]
    [InlineData("00 00 00 02 61", FrameStatus.Partial, 2)]
    [InlineData("00 00 00 02 61 62", FrameStatus.Whole, 2)]
    [InlineData("00 00 00 02 61 62 00", FrameStatus.Whole, 2)]
    [InlineData("00 00 00 64", FrameStatus.Partial, 100)]
    [InlineData("00 00 00 65", FrameStatus.TooLarge, 101)]
    [InlineData("7f ff ff ff", FrameStatus.TooLarge, int.MaxValue)]
    [InlineData("ff ff ff ff", FrameStatus.NegativeLength, -1)]
    [InlineData("80 00 00 00", FrameStatus.NegativeLength, int.MinValue)]
    public void A_frame_is_four_bytes_of_length_and_the_body(string hex, FrameStatus status, int bodyBytes)
    {
        var buffer = Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(status, FrameSplitter.TryRead(buffer, maxFrameBytes: 100, out var found));
        Assert.Equal(bodyBytes, found);
    }
}
