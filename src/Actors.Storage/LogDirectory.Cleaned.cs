using System.Collections.Concurrent;
using Actors.Model;
using Actors.Storage.Devices;
using Actors.Storage.Formats;
using Actors.Storage.Register;

namespace Actors.Storage;

/// <summary>What cleaning has done, and how far: for the next start, for health and for statistics.</summary>
public sealed partial class LogDirectory
{
    private readonly ConcurrentDictionary<TopicPartitionId, LogUncleanable> _uncleanable = new();
    private readonly Lock _cleanerLock = new();
    private readonly Lock _cleanedLock = new();
    private CleanerStatistics _cleanerStatistics = new();

    /// <summary>What the cleaner has done since the directory was opened. Any thread.</summary>
    public CleanerStatistics CleanerStatistics
    {
        get
        {
            lock (_cleanerLock)
            {
                return _cleanerStatistics;
            }
        }
    }

    /// <summary>Logs that are cleaned no more until the next start, since something was wrong with them; for health. Any thread.</summary>
    public IReadOnlyCollection<LogUncleanable> Uncleanable => [.. _uncleanable.Values];

    private string CleanedPath => System.IO.Path.Combine(Path, CleanerCheckpointFormat.FileName);

    private void NoteDirtyRatio(double ratio)
    {
        lock (_cleanerLock)
        {
            _cleanerStatistics = _cleanerStatistics with { MaxDirtyRatio = ratio };
        }
    }

    private void NoteCleaned(Cleaning cleaning)
    {
        var run = cleaning.Run;
        LogCleaned(_logger, cleaning.Log.Folder, run.CleanedEnd, run.Bytes.Before, run.Bytes.After, run.DirtyBytes, NowMs - cleaning.BegunMs);
        lock (_cleanerLock)
        {
            var before = _cleanerStatistics;
            _cleanerStatistics = before with
            {
                Cleanings = before.Cleanings + 1, DirtyBytes = before.DirtyBytes + run.DirtyBytes,
                BytesBefore = before.BytesBefore + run.Bytes.Before, BytesAfter = before.BytesAfter + run.Bytes.After,
                LastEndedMs = WallMs, LastElapsedMs = NowMs - cleaning.BegunMs,
            };
        }
    }

    private void NoteCleanerFault(PartitionLog? log, Exception cause)
    {
        switch (cause)
        {
            case StorageException { IsNoSpace: true }:
                NoteFull();
                LogCleaningGivenUp(_logger, cause, Path);
                break;
            case StorageException { Operation: not ("pread" or "preadv2" or "open") }:
                Fail(cause); // a write or a sync that failed is the disk's fault, as in a round
                break;
            case var _ when log is not null:
                LogUncleanable(_logger, cause, log.Entry.FolderName, cause.Message);
                _uncleanable[log.Id] = new LogUncleanable(log.Entry.Identity, cause.Message);
                break;
            default:
                LogCleaningGivenUp(_logger, cause, Path);
                break;
        }
    }

    /// <summary>
    /// At the opening. A line for a log that is not here any more goes at once: one made later under its name would take what was never
    /// cleaned for clean, and drop tombstones before what they delete.
    /// </summary>
    private void LoadCleaned()
    {
        var bytes = DurableFile.Read(Device, CleanedPath);
        if (bytes is null)
        {
            return;
        }

        var offsets = CleanerCheckpointFormat.Read(bytes) ?? []; // damaged: everything is dirty again
        var known = 0;
        foreach (var entry in _register.ToArray())
        {
            if (offsets.TryGetValue(entry.FolderName, out var offset))
            {
                entry.CleanedEnd = offset;
                known++;
            }
        }

        if (known != offsets.Count)
        {
            WriteCleanedOrNone();
        }
    }

    /// <summary>Nothing of a log counts as clean any more: it is deleted, or ends below that offset.</summary>
    private void ForgetCleaned(RegisterEntry entry)
    {
        _uncleanable.TryRemove(entry.Identity.Id, out _);
        if (entry.CleanedEnd > 0)
        {
            entry.CleanedEnd = 0;
            WriteCleanedOrNone();
        }
    }

    /// <summary>
    /// What is forgotten must not be in the file any more. On a full disk all of it goes, so that everything counts as dirty until it
    /// is written again: a deletion must not need room, it makes some.
    /// </summary>
    private void WriteCleanedOrNone()
    {
        try
        {
            WriteCleaned();
        }
        catch (StorageException e) when (e.IsNoSpace)
        {
            NoteFull();
            lock (_cleanedLock)
            {
                Device.DeleteFile(CleanedPath);
                Device.SyncDirectory(Path);
            }
        }
    }

    /// <summary>Log thread or cleaner's; what is written last is what was true last.</summary>
    private void WriteCleaned()
    {
        lock (_cleanedLock)
        {
            var entries = _register.ToArray().Where(e => e.CleanedEnd > 0 && !e.IsDeleting).Select(e => (e.Identity, e.CleanedEnd));
            DurableFile.Replace(Device, CleanedPath, CleanerCheckpointFormat.Write([.. entries]), Options.Faults);
        }
    }
}

/// <summary>A log that is cleaned no more.</summary>
/// <param name="Identity">Which partition.</param>
/// <param name="Reason">What was wrong.</param>
public sealed record LogUncleanable(LogIdentity Identity, string Reason);

/// <summary>What a directory's cleaner has done since it was opened.</summary>
public sealed record CleanerStatistics
{
    /// <summary>Cleanings that were finished.</summary>
    public long Cleanings { get; init; }
    /// <summary>Bytes of dirty segments that were cleaned.</summary>
    public long DirtyBytes { get; init; }
    /// <summary>Bytes of all segments that were replaced.</summary>
    public long BytesBefore { get; init; }
    /// <summary>Bytes of those that took their place.</summary>
    public long BytesAfter { get; init; }
    /// <summary>When the last cleaning ended, ms since 1970; 0: never.</summary>
    public long LastEndedMs { get; init; }
    /// <summary>How long it took, ms.</summary>
    public long LastElapsedMs { get; init; }
    /// <summary>Greatest dirty part of a log at the last look, 0 to 1.</summary>
    public double MaxDirtyRatio { get; init; }
}
