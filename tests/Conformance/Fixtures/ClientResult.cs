using System.Text;

namespace Conformance.Fixtures;

/// <summary>What a client process left behind.</summary>
public sealed record ClientResult(string Command, int ExitCode, byte[] OutputBytes, string Error)
{
    public string Output => Encoding.UTF8.GetString(OutputBytes);

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Fails the test, with everything the client said, unless it ended well.</summary>
    public ClientResult Succeeded()
    {
        Assert.True(ExitCode == 0, $"{Command}\nexit code {ExitCode}\n{Error}\n{Shortened(Output)}");
        return this;
    }

    private static string Shortened(string text) => text.Length <= 4_000 ? text : text[..4_000] + "...";
}
