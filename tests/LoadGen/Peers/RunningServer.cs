using System.Diagnostics;
using System.Net;
using LoadGen.Platform;

namespace LoadGen.Peers;

/// <summary>A started server: its address, its process, and how long it took to be ready. It never outlives this tool.</summary>
internal sealed class RunningServer : IDisposable
{
    private const int SignalKill = 9;
    private const int SignalTerminate = 15;
    private const int GraceMs = 30_000;
    private const int LookMs = 10;

    public RunningServer(IPEndPoint address, int pid, TimeSpan startTime)
    {
        Address = address;
        Process = new ServerProcess(pid);
        StartTime = startTime;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    public IPEndPoint Address { get; }
    public ServerProcess Process { get; }

    /// <summary>From the start command to the first sign that it serves.</summary>
    public TimeSpan StartTime { get; }

    /// <summary>kill -9, and waits until the process is gone.</summary>
    public void Kill() => End(SignalKill);

    /// <summary>SIGTERM; kill -9 where that is not heeded in time.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        if (Process.IsAlive && !End(SignalTerminate))
        {
            Console.Error.WriteLine($"process {Process.Pid} did not heed SIGTERM within {GraceMs / 1000} s; killed");
            Kill();
        }
    }

    private bool End(int signal)
    {
        _ = Libc.Kill(Process.Pid, signal);
        for (var waitedMs = 0; waitedMs < GraceMs; waitedMs += LookMs)
        {
            if (!Process.IsAlive)
            {
                return true;
            }

            Thread.Sleep(LookMs);
        }

        return false;
    }

    private void OnExit(object? sender, EventArgs e) => _ = Libc.Kill(Process.Pid, SignalKill);

    /// <summary>Waits until <paramref name="isReady"/>, looking often, while the process lives.</summary>
    public static void Await(Func<bool> isReady, Func<bool> isAlive, TimeSpan patience, string what)
    {
        var startedAt = Stopwatch.GetTimestamp();
        while (!isReady())
        {
            if (!isAlive())
            {
                throw new InvalidOperationException($"{what} ended at its start");
            }

            if (Stopwatch.GetElapsedTime(startedAt) > patience)
            {
                throw new TimeoutException($"{what} was not ready within {patience.TotalSeconds:N0} s");
            }

            Thread.Sleep(LookMs);
        }
    }
}
