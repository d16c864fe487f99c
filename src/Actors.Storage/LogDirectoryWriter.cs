using Actors.Storage.Directories;

namespace Actors.Storage;

/// <summary>
/// The threads of a directory: the log thread, which waits for work and runs rounds, one for syncs in the background, one for reads
/// that must wait for the disk and one that cleans compacted logs.
/// </summary>
public sealed class LogDirectoryWriter : IAsyncDisposable
{
    /// <summary>Reads that may wait for the reader thread at once.</summary>
    private const int MaxQueuedReads = 65_536;
    private const int MaxQueuedSyncs = 65_536;
    private const int MaxQueuedCleanings = 65_536;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WorkThread _background;
    private readonly WorkThread _readers;
    private readonly WorkThread _cleaner;
    private volatile bool _isStopping;

    /// <summary>Starts the threads.</summary>
    public LogDirectoryWriter(LogDirectory directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        Directory = directory;
        _background = new WorkThread("log-sync", MaxQueuedSyncs);
        _readers = new WorkThread("log-read", MaxQueuedReads);
        _cleaner = new WorkThread("log-clean", MaxQueuedCleanings);
        directory.Background = _background;
        directory.Cleaner = _cleaner;
        directory.Readers = _readers;
        new Thread(Run) { Name = "log-write", IsBackground = true }.Start();
    }

    /// <summary>The directory it writes.</summary>
    public LogDirectory Directory { get; }

    /// <summary>Runs what is queued, closes the directory clean unless it failed, and ends the threads.</summary>
    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        Directory.Complete(static () => { });
        await _ended.Task.ConfigureAwait(false);
    }

    private void Run()
    {
        try
        {
            while (!_isStopping)
            {
                if (!Directory.RunRound())
                {
                    Directory.WaitForWork();
                }
            }

            Directory.CloseClean();
            _background.Dispose();
            _readers.Dispose();
            _cleaner.Dispose();
            _ended.TrySetResult();
        }
        catch (Exception e)
        {
            _ended.TrySetException(e);
        }
    }
}
