namespace Actors.Tests.Model;

public sealed class Placeholder
{
    [Fact]
    public void Sum() => Assert.Equal(2, 1 + 1);
}
