using System.Collections.Concurrent;
using Actors.Model.Leases;
using Actors.Model.Records;
using Actors.Storage.Devices;
using Actors.Storage.Directories;
using Actors.Storage.Faults;
using Actors.Storage.Register;
using Actors.Storage.Tails;
using Microsoft.Extensions.Logging;

namespace Actors.Storage;

/// <summary>
/// One directory of logs: its register, its logs, the queue of batches to write and the rounds that write and sync them. A single
/// thread, "the log thread", runs it: that of <see cref="LogDirectoryWriter"/>, or the simulator. Members say who may call them.
/// </summary>
public sealed partial class LogDirectory
{
    private readonly TimeProvider _time;
    private readonly ILogDirectorySink _sink;
    private readonly ILogger _logger;
    private readonly DirectoryRegister _register;
    private readonly IDisposable _lock;
    private readonly LogQueue _queue;
    private readonly ConcurrentQueue<Action> _completions = new();
    private readonly ConcurrentQueue<LogCut> _cuts = new();
    private readonly long _started;
    private readonly bool _wasClosedClean;
    private readonly string? _commitLogCut;
    private StorageFault? _fault;

    private LogDirectory(
        IStorageDevice device, LogDirectoryOptions options, LeasePool leases, TimeProvider time, ILogDirectorySink sink, ILogger logger,
        OpenedDirectory opened)
    {
        Device = device;
        Options = options;
        Leases = leases;
        _time = time;
        _sink = sink;
        _logger = logger;
        _register = opened.Register;
        _lock = opened.Lock;
        _wasClosedClean = opened.WasClosedClean;
        _commitLogCut = opened.CommitLogCut;
        _lastGeneration = opened.LastGeneration;
        _commitLogMark = opened.CommitLogMark;
        _started = time.GetTimestamp();
        _queue = new LogQueue(options.MaxPosted);
        Tails = new TailCache(leases);
        _commitLog = options.CommitLogBytes > 0
            ? new CommitLog(device, options.Path, options.CommitLogBytes, opened.CommitLogSeed, opened.LastGeneration)
            : null;
        NowMs = 1;
        WallMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        LookAtSpace();
    }

    /// <summary>The directory. Any thread.</summary>
    public string Path => Options.Path;

    /// <summary>The directory's own id, given at its creation. Any thread.</summary>
    public Guid DirectoryId => _register.DirectoryId;

    /// <summary>Why the directory failed for good, or null. Any thread.</summary>
    public StorageFault? Fault => Volatile.Read(ref _fault);

    /// <summary>So much is queued that receiving should stop. Any thread.</summary>
    public bool IsBackedUp => _queue.QueuedBytes > Options.MaxQueuedBytes;

    /// <summary>Bytes that wait to be written. Any thread.</summary>
    public long QueuedBytes => _queue.QueuedBytes;

    /// <summary>What recovery cut since the directory was opened, for health. Any thread.</summary>
    public IReadOnlyList<LogCut> Cuts => [.. _cuts];

    /// <summary>Where the commit log ended with a round that is not whole when the directory was opened, or null; for health. Any thread.</summary>
    public string? CommitLogCut => _commitLogCut;

    /// <summary>Whether the directory was closed clean before it was opened. Any thread.</summary>
    public bool WasClosedClean => _wasClosedClean;

    internal IStorageDevice Device { get; }
    internal LogDirectoryOptions Options { get; }
    internal LeasePool Leases { get; }
    internal TailCache Tails { get; }
    internal WriteBuffer Buffer { get; } = new();

    /// <summary>Monotonic time of the last look at the clock, in ms.</summary>
    internal long NowMs { get; private set; }

    /// <summary>Wall time of the last look at the clock, in ms since 1970.</summary>
    internal long WallMs { get; private set; }

    /// <summary>Zeros to write ahead.</summary>
    internal byte[] Zeros => _zeros ??= GC.AllocateArray<byte>(1 << 20, pinned: true);

    private byte[]? _zeros;

    /// <summary>Opens a directory: takes its lock, reads its register and replays its commit log, but opens no log.</summary>
    /// <exception cref="StorageException">A file system call failed, or another process holds the lock.</exception>
    /// <exception cref="StorageCorruptionException">A file that names what is here is damaged; nothing is touched.</exception>
    public static LogDirectory Open(
        IStorageDevice device, LogDirectoryOptions options, LeasePool leases, TimeProvider time, ILogDirectorySink sink, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        var opened = OpenedDirectory.Open(device, options, leases, logger);
        var directory = new LogDirectory(device, options, leases, time, sink, logger, opened);
        directory.FinishDeletions();
        directory.LoadCleaned();
        return directory;
    }

    /// <summary>
    /// Queues a batch, stamped and validated; takes over one reference, also when the directory has failed. Calls for one log are to
    /// be in the order of its offsets. Any thread.
    /// </summary>
    public void Submit(PartitionLog log, LeaseSlice batch, in RecordBatchInfo info)
    {
        if (Fault is not null)
        {
            batch.Release();
            return;
        }

        _queue.Push(log, batch, info);
    }

    /// <summary>Queues work for the log thread, in order with batches submitted before and after. Any thread.</summary>
    /// <exception cref="InvalidOperationException">More than <see cref="LogDirectoryOptions.MaxPosted"/> wait.</exception>
    public void Post(Action work) => _queue.Push(work);

    internal void Reach(FaultPoint point) => Options.Faults?.Reach(point);

    /// <summary>Waits for work. Log thread.</summary>
    internal void WaitForWork() => _queue.Wait(_nextLookMs);

    /// <summary>Runs something on the log thread ahead of the queue. Any thread.</summary>
    internal void Complete(Action work)
    {
        _completions.Enqueue(work);
        _queue.Wake();
    }

    private void LookAtClock()
    {
        NowMs = 1 + (long)_time.GetElapsedTime(_started).TotalMilliseconds;
        WallMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
    }

    private void Fail(Exception cause)
    {
        if (_fault is not null)
        {
            return;
        }

        var reason = cause is StorageException or StorageCorruptionException ? cause.Message : $"the log thread failed: {cause.Message}";
        Volatile.Write(ref _fault, new StorageFault(Path, reason, cause));
        LogFailed(_logger, cause, Path, reason);
        _cleaning?.Run.Pace.Stop();
        DropQueued();
        FailLogStarts();
        _sink.OnFailed(_fault);
    }

    [LoggerMessage(EventId = 3000, Level = LogLevel.Critical, Message = "Log directory {Directory} failed for good: {Reason}")]
    private static partial void LogFailed(ILogger logger, Exception cause, string directory, string reason);

    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning,
        Message = "{Log}: an unfinished end was cut at offset {Offset} ({Bytes} bytes, last offset seen {LastSeen}); kept in {KeptIn}")]
    private static partial void LogCut(ILogger logger, string log, long offset, long bytes, long lastSeen, string keptIn);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Error, Message = "{Refusal}")]
    private static partial void LogRefused(ILogger logger, string refusal);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Warning, Message = "Log directory {Directory} is full: {Free} bytes are free, {Reserve} are reserved")]
    private static partial void LogFull(ILogger logger, string directory, long free, long reserve);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Information, Message = "Log directory {Directory} has room again: {Free} bytes are free")]
    private static partial void LogRoomAgain(ILogger logger, string directory, long free);
}
