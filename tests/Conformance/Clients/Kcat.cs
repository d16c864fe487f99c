using Conformance.Fixtures;

namespace Conformance.Clients;

/// <summary>Debian's kcat, driven as a person would at a prompt.</summary>
internal static class Kcat
{
    public static Task<ClientResult> RunAsync(string bootstrap, string? input, params string[] arguments) =>
        RunAsync(bootstrap, input is null ? Stream.Null : new MemoryStream(System.Text.Encoding.UTF8.GetBytes(input)), null, arguments);

    public static Task<ClientResult> RunAsync(string bootstrap, Stream input, Stream? output, params string[] arguments) =>
        ClientProcess.RunAsync(
            "kcat",
            ["-b", bootstrap, .. arguments],
            input,
            output,
            TimeSpan.FromMinutes(3),
            TestContext.Current.CancellationToken);

    /// <summary>Everything in a topic's partition 0, one formatted line per record.</summary>
    public static async Task<string[]> ConsumeAsync(string bootstrap, string topic, string format, params string[] arguments) =>
        (await RunAsync(bootstrap, null, ["-C", "-t", topic, "-e", "-q", "-f", format, .. arguments])).Succeeded().Lines;
}
