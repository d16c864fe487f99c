using System.Diagnostics;
using HdrHistogram;
using LoadGen.Platform;
using LoadGen.Report;

namespace LoadGen.Drivers;

/// <summary>How long a run warms up and is measured.</summary>
internal sealed record RunLength(double WarmUpSeconds, double Seconds);

/// <summary>The measured part of a run: its length and what it cost the server, where that is known.</summary>
internal sealed record RunSpan(double Seconds, double? ServerCpuSeconds, long? ServerResidentBytes);

/// <summary>Starts the workers together, moves them through the phases and adds up what they saw.</summary>
internal static class LoadRun
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(60);

    /// <summary>Runs the workers and sums all of them up.</summary>
    public static LoadResult Execute(
        string name, IReadOnlyList<LoadWorker> workers, RunWindow window, RunLength length, IServerMeter? server, ProgressLine progress) =>
        Sum(name, workers, Run(name, workers, window, length, server, progress));

    /// <summary>Runs the workers; what they counted is then in them.</summary>
    public static RunSpan Run(
        string name, IReadOnlyList<LoadWorker> workers, RunWindow window, RunLength length, IServerMeter? server, ProgressLine progress)
    {
        using var ready = new CountdownEvent(workers.Count);
        using var go = new ManualResetEventSlim();
        foreach (var worker in workers)
        {
            worker.Start(ready, go);
        }

        ready.Wait();
        ThrowFault(workers);
        window.Phase = length.WarmUpSeconds > 0 ? RunPhase.WarmUp : RunPhase.Measured;
        var cpuBefore = server?.CpuSeconds ?? 0;
        var startedAt = Stopwatch.GetTimestamp();
        go.Set();
        if (length.WarmUpSeconds > 0)
        {
            Watch(name + " (warm-up)", workers, startedAt, length.WarmUpSeconds, progress);
            cpuBefore = server?.CpuSeconds ?? 0;
            startedAt = Stopwatch.GetTimestamp();
            window.Phase = RunPhase.Measured;
        }

        var endedEarly = Watch(name, workers, startedAt, length.Seconds, progress);
        var cpuAfter = server?.CpuSeconds ?? 0;
        var endedAt = endedEarly ? workers.Max(w => Math.Max(w.LastReplyAt, startedAt)) : Stopwatch.GetTimestamp();
        window.Phase = RunPhase.Draining;
        foreach (var worker in workers)
        {
            if (!worker.Join(DrainPatience))
            {
                Abort(workers);
                throw new TimeoutException(
                    $"{name}: requests are still unanswered {DrainPatience.TotalSeconds:F0} s after the last one was sent");
            }
        }

        ThrowFault(workers);
        progress.Clear();
        return new RunSpan(
            Stopwatch.GetElapsedTime(startedAt, endedAt).TotalSeconds,
            server is null ? null : cpuAfter - cpuBefore,
            server?.ResidentBytes);
    }

    // True: every worker ended before the time was over, because its budget was used up.
    private static bool Watch(
        string name, IReadOnlyList<LoadWorker> workers, long startedAt, double seconds, ProgressLine progress)
    {
        while (Stopwatch.GetElapsedTime(startedAt).TotalSeconds is var elapsed && elapsed < seconds)
        {
            if (workers.Any(w => w.Fault is not null))
            {
                Abort(workers);
                ThrowFault(workers);
            }

            if (workers.All(w => w.EndedAt != 0))
            {
                return true;
            }

            progress.Show(name, elapsed / seconds, workers.Sum(w => w.Total.Requests), workers.Sum(w => w.Total.Records));
            Thread.Sleep(Look);
        }

        return false;
    }

    /// <summary>What some workers of a run came to, with the server's cost of the whole run.</summary>
    public static LoadResult Sum(string name, IReadOnlyList<LoadWorker> workers, RunSpan span)
    {
        var measured = default(PhaseCounters);
        var total = default(PhaseCounters);
        var latency = new LongHistogram(LoadWorker.MaxLatencyNs, 3);
        foreach (var worker in workers)
        {
            measured.Add(worker.Measured);
            total.Add(worker.Total);
            latency.Add(worker.LatencyNs);
        }

        return new LoadResult
        {
            Name = name,
            Seconds = span.Seconds,
            Requests = measured.Requests,
            Records = measured.Records,
            Bytes = measured.Bytes,
            TotalRecords = total.Records,
            LatencyNs = latency,
            ClientCpuSeconds = workers.Sum(w => w.MeasuredCpuNs) / 1e9,
            ServerCpuSeconds = span.ServerCpuSeconds,
            ServerResidentBytes = span.ServerResidentBytes,
        };
    }

    private static void Abort(IReadOnlyList<LoadWorker> workers)
    {
        foreach (var worker in workers)
        {
            worker.Abort();
        }
    }

    private static void ThrowFault(IReadOnlyList<LoadWorker> workers)
    {
        if (workers.FirstOrDefault(w => w.Fault is not null)?.Fault is { } fault)
        {
            throw new LoadFault($"the load ended: {fault.Message}", fault);
        }
    }
}

/// <summary>A worker failed: an error code, a broken connection, a silence. The whole run ends with it.</summary>
internal sealed class LoadFault(string message, Exception cause) : Exception(message, cause);
