using Conformance.Fixtures;

namespace Conformance.JavaTools;

/// <summary>
/// A real Apache Kafka on this machine: KAFKA_HOME names a folder with a <c>kafka</c> script (<c>kafka tool NAME ARGS</c>,
/// <c>kafka start DIR PORT</c>, <c>kafka stop DIR</c>) and its jars in <c>libs</c>. Without one these tests are skipped, and say so: the
/// project does not need Kafka.
/// </summary>
public static class KafkaHome
{
    /// <summary>A JVM starts slowly on a busy machine.</summary>
    private static readonly TimeSpan ToolDeadline = TimeSpan.FromMinutes(2);

    public static string? Folder => Environment.GetEnvironmentVariable("KAFKA_HOME") is { Length: > 0 } value ? value : null;

    public static string Libraries => Path.Combine(Folder!, "libs");

    public static void Require() => Assert.SkipWhen(Folder is null, "KAFKA_HOME is not set: no real Apache Kafka to run beside us");

    /// <summary>Ends a broker that <c>start</c> began, also when the test itself was cancelled.</summary>
    public static async Task StopAsync(string folder) => (await RunAsync(null, CancellationToken.None, "stop", folder)).Succeeded();

    public static async Task<ClientResult> ToolAsync(string? input, params string[] arguments) =>
        (await RunAsync(input, ["tool", .. arguments])).Succeeded();

    public static Task<ClientResult> RunAsync(string? input, params string[] arguments) =>
        RunAsync(input, TestContext.Current.CancellationToken, arguments);

    private static Task<ClientResult> RunAsync(string? input, CancellationToken cancellation, params string[] arguments) =>
        ClientProcess.RunAsync(
            Path.Combine(Folder!, "kafka"),
            arguments,
            input is null ? Stream.Null : new MemoryStream(System.Text.Encoding.UTF8.GetBytes(input)),
            null,
            ToolDeadline,
            cancellation);
}
