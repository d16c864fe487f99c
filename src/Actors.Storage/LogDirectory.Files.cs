namespace Actors.Storage;

/// <summary>
/// The limit of open files. A log keeps what it writes and reads open until it is idle; with thousands of logs in use at once, more than
/// the process may have. At the limit what is synced is closed, and opened again by its next use; if most is not, the file system is
/// synced first: an error of a file that nobody has open may never be told. Log thread.
/// </summary>
public sealed partial class LogDirectory
{
    /// <summary>Open files from which on to look again: more than the limit where closing did not help, since they are another directory's.</summary>
    private int _filesLimit;

    private void LimitFiles()
    {
        var open = Device.OpenFiles;
        if (open < Math.Max(_filesLimit, Options.MaxOpenFiles))
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
            Background?.WaitUntilIdle(); // what it syncs can be closed then, whether we have taken note of it or not
            Device.SyncFileSystem(Path);
            foreach (var log in _openLogs)
            {
                log.CloseFiles(onlySynced: false);
            }
        }

        open = Device.OpenFiles;
        _filesLimit = open < Options.MaxOpenFiles ? 0 : open + (Options.MaxOpenFiles / 8) + 1;
    }
}
