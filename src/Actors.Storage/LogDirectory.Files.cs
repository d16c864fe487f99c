namespace Actors.Storage;

/// <summary>
/// The limit of open files. A log keeps what it writes and reads open until it is idle; with thousands of logs in use at once, more than
/// the process may have. At the limit what is synced is closed, and opened again by its next use; if most is not synced, the file system is
/// synced first: an error of a file that nobody has open may never be told. Log thread.
/// </summary>
public sealed partial class LogDirectory
{
    /// <summary>Pause where closing did not help: the files are another directory's, or on their way to the disk.</summary>
    private const int FilesAgainMs = 1000;

    private long _nextFilesMs;

    /// <summary>At the limit, closes. <paramref name="mayWait"/>: for the background thread too, so that what it syncs can be closed.</summary>
    private void LimitFiles(bool mayWait)
    {
        if (Device.OpenFiles < Options.MaxOpenFiles || NowMs < _nextFilesMs)
        {
            return;
        }

        var left = 0;
        foreach (var log in _openLogs)
        {
            left += log.CloseFiles(onlySynced: true);
        }

        if (left >= Options.MaxOpenFiles / 2)
        {
            if (mayWait)
            {
                Background?.WaitUntilIdle();
            }

            Device.SyncFileSystem(Path);
            foreach (var log in _openLogs)
            {
                if (log.Syncing == 0 || (mayWait && !_isPublishing))
                {
                    log.CloseFiles(onlySynced: false);
                }
            }
        }

        if (Device.OpenFiles >= Options.MaxOpenFiles / 4 * 3)
        {
            _nextFilesMs = NowMs + FilesAgainMs;
        }
    }
}
