using System.Diagnostics;
using System.Runtime.InteropServices;
using HdrHistogram;
using LoadGen.Drivers;

namespace LoadGen.Platform;

/// <summary>What a durable append costs on this disk now: 4 KB at a file's end, then <c>fdatasync</c>, at a steady pace.</summary>
internal sealed unsafe class DiskProbe : IDisposable
{
    private const int AppendBytes = 4096;
    private readonly string _path;
    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle _file;
    private readonly byte* _bytes = (byte*)NativeMemory.AlignedAlloc(AppendBytes, AppendBytes);
    private long _position;

    public DiskProbe(string directory)
    {
        Directory.CreateDirectory(directory);
        _path = Path.Combine(directory, $"loadgen-probe-{Environment.ProcessId}");
        _file = File.OpenHandle(_path, FileMode.Create, FileAccess.Write);
        new Span<byte>(_bytes, AppendBytes).Fill(0x5a);
    }

    /// <summary>Latencies of write + fdatasync, nanoseconds.</summary>
    public LongHistogram LatencyNs { get; } = new(LoadWorker.MaxLatencyNs, 3);

    /// <summary>Latencies of the fdatasync alone, nanoseconds.</summary>
    public LongHistogram SyncNs { get; } = new(LoadWorker.MaxLatencyNs, 3);

    /// <summary>Probes for a while; one append per interval, or later where the disk is slower than that.</summary>
    public void Run(double seconds, double perSecond)
    {
        var fd = (int)_file.DangerousGetHandle();
        var startedAt = Stopwatch.GetTimestamp();
        Libc.MinimiseTimerSlack();
        for (long i = 0; Stopwatch.GetElapsedTime(startedAt).TotalSeconds < seconds; i++)
        {
            Libc.SleepUntil(startedAt + (long)(i * 1e9 / perSecond));
            var before = Stopwatch.GetTimestamp();
            Libc.WriteAt(fd, _bytes, AppendBytes, _position);
            _position += AppendBytes;
            var written = Stopwatch.GetTimestamp();
            Libc.FdataSync(fd);
            var synced = Stopwatch.GetTimestamp();
            LatencyNs.RecordValue(Math.Clamp(synced - before, 1, LoadWorker.MaxLatencyNs));
            SyncNs.RecordValue(Math.Clamp(synced - written, 1, LoadWorker.MaxLatencyNs));
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_path);
        NativeMemory.AlignedFree(_bytes);
    }
}
