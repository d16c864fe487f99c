using System.CommandLine;
using System.Diagnostics;
using Actors.Client;
using HdrHistogram;

namespace LoadGen.Commands;

/// <summary><c>znodes</c>: get and set from an external Orleans client, through the SDK and its grains.</summary>
internal static class ZnodeCommands
{
    public static Command Znodes()
    {
        var command = new Command("znodes", "Znodes as grains: get and set from one Orleans client with one session");
        var gateway = new Option<string>("--gateway") { Description = "Orleans gateway, HOST:PORT", Required = true };
        var outstanding = CommandOptions.Of("--outstanding", "Calls outstanding in the second pair of runs; the first has one", 100);
        var value = CommandOptions.ValueBytes();
        var seconds = CommandOptions.Seconds(5);
        var warmUp = CommandOptions.WarmUp(2);
        command.AddAll(gateway, outstanding, value, seconds, warmUp);
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetRequiredValue(gateway), parsed.GetValue(outstanding), parsed.GetValue(value),
            TimeSpan.FromSeconds(parsed.GetValue(warmUp)), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellation));
        return command;
    }

    private static async Task RunAsync(
        string gateway, int outstanding, int valueBytes, TimeSpan warmUp, TimeSpan length, CancellationToken cancellation)
    {
        await using var client = await ActorsClient.ConnectAsync(gateway, cancellationToken: cancellation).ConfigureAwait(false);
        await using var session = await client.Tree.OpenSessionAsync(cancellationToken: cancellation).ConfigureAwait(false);
        var znode = session["/loadgen-znodes"];
        (await znode.EnsureAsync(cancellation).ConfigureAwait(false)).GetValueOrThrow();
        var data = new byte[valueBytes];
        (await znode.SetAsync(data, cancellationToken: cancellation).ConfigureAwait(false)).GetValueOrThrow();
        foreach (var calls in new[] { 1, outstanding })
        {
            await MeasureAsync("get", calls, GetAsync, warmUp, length).ConfigureAwait(false);
            await MeasureAsync("set", calls, SetAsync, warmUp, length).ConfigureAwait(false);
        }

        async Task<bool> GetAsync() => (await znode.GetAsync(cancellation).ConfigureAwait(false)).IsDone;

        async Task<bool> SetAsync() => (await znode.SetAsync(data, cancellationToken: cancellation).ConfigureAwait(false)).IsDone;
    }

    private static async Task MeasureAsync(string name, int outstanding, Func<Task<bool>> call, TimeSpan warmUp, TimeSpan length)
    {
        var histogram = new LongConcurrentHistogram(1, TimeSpan.TicksPerMinute, 3);
        var count = 0L;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, outstanding).Select(async _ =>
        {
            await Task.Yield();
            for (var elapsed = TimeSpan.Zero; elapsed < warmUp + length;)
            {
                var sent = Stopwatch.GetTimestamp();
                if (!await call().ConfigureAwait(false))
                {
                    throw new IOException($"A {name} was not done.");
                }

                elapsed = Stopwatch.GetElapsedTime(started);
                if (elapsed > warmUp)
                {
                    histogram.RecordValue(Math.Max(1, Stopwatch.GetElapsedTime(sent).Ticks));
                    Interlocked.Increment(ref count);
                }
            }
        })).ConfigureAwait(false);
        var rate = count / length.TotalSeconds;
        var line = $"{name} x {outstanding}: {rate:N0}/s, p50 {Ms(histogram, 50):0.000} ms, p99 {Ms(histogram, 99):0.000} ms";
        await Console.Out.WriteLineAsync(line).ConfigureAwait(false);
    }

    private static double Ms(LongConcurrentHistogram histogram, double percentile) =>
        histogram.GetValueAtPercentile(percentile) / (double)TimeSpan.TicksPerMillisecond;
}
