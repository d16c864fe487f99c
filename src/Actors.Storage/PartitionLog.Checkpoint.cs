using Actors.Storage.Devices;
using Actors.Storage.Directories;
using Actors.Storage.Faults;
using Actors.Storage.Formats;
using Actors.Storage.Partitions;

namespace Actors.Storage;

/// <summary>What a sync or a checkpoint of the log has to make durable.</summary>
public sealed partial class PartitionLog
{
    private readonly List<long> _snapshotsOnDisk = [];
    private readonly List<LogCapture> _inFlight = [];
    private long _snapshotOffset = -1;
    private int _epochsWritten;
    private bool _producersChanged;

    /// <summary>Whether the log changed since its last checkpoint was captured.</summary>
    internal bool IsDirty { get; set; }

    /// <summary>Number of syncs of this log that the background thread has to do.</summary>
    internal int Syncing { get; set; }

    /// <summary>
    /// Brings everything into the files, unsynced, and notes what must be synced for the recovery point to move to the log's end.
    /// </summary>
    internal LogCapture Capture(WriteBuffer buffer, bool withIndexes)
    {
        WriteUnwritten(buffer);
        var capture = new LogCapture(this)
        {
            End = NextOffset, Mark = _written, NamesDirty = NamesDirty, CoversUnprotected = HasUnprotected,
            LastSegmentBase = Active is { FileBytes: > 0 } last ? last.BaseOffset : -1,
        };
        AddInFlight(capture);
        if (withIndexes)
        {
            CaptureDerived(capture);
        }

        foreach (var segment in _dirtySegments)
        {
            AddSegment(capture, segment, withIndexes);
        }

        if (Active is { } active && (active.IsDirty || (withIndexes && active.IndexesDirty)))
        {
            AddSegment(capture, active, withIndexes);
        }

        _dirtySegments.RemoveAll(static s => !s.IsDirty && !s.IndexesDirty);
        NamesDirty = false;
        _inFlight.Add(capture);
        return capture;
    }

    /// <summary>
    /// (1) A log of a weak policy is captured for the background thread, (2) its policy changes, (3) a round wants to call everything
    /// synced, before that thread has come so far: the round syncs those files too.
    /// </summary>
    private void AddInFlight(LogCapture capture)
    {
        foreach (var earlier in _inFlight)
        {
            if (earlier.CoversUnprotected)
            {
                capture.Files.AddRange(earlier.Files.Except(capture.Files).ToArray());
            }

            capture.NamesDirty |= earlier.NamesDirty;
        }
    }

    /// <summary>A checkpoint was given up: what it would have covered is as it was.</summary>
    internal void Restore(LogCapture capture)
    {
        _inFlight.Remove(capture);
        NamesDirty = true;
        _producersChanged = true;
        _epochsWritten = -1;
        foreach (var segment in capture.Files)
        {
            segment.IsDirty = true;
        }

        foreach (var segment in capture.Indexes)
        {
            segment.IndexesDirty = true;
        }

        _dropped.InsertRange(0, capture.Dropped);
        _dirtySegments.AddRange(
            capture.Files.Union(capture.Indexes).Where(s => s != Active && !_dirtySegments.Contains(s)).ToArray());
    }

    /// <summary>A prewritten segment ends where its batches end once the log is closed.</summary>
    internal void CutPrewritten()
    {
        if (Active is { } active && active.PrewrittenBytes > active.SizeBytes)
        {
            active.OpenFile().SetLength(active.SizeBytes);
            active.PrewrittenBytes = 0;
            active.IsDirty = true;
            _directory.NoteDirty(this, 0);
        }
    }

    /// <summary>The checkpoint is published.</summary>
    internal void NoteCheckpoint(LogCapture capture)
    {
        Entry.Checkpoint = capture.Entry;
        Epochs.TruncateStart(capture.Entry!.Value.LogStart); // not before: a crash may bring the old log start back
        _snapshotOffset = capture.Entry!.Value.SnapshotOffset;
        if (capture.SnapshotBytes is not null)
        {
            _snapshotsOnDisk.Add(_snapshotOffset);
        }
    }

    /// <summary>Snapshots that no checkpoint needs any more; forgotten here, to be deleted by the caller.</summary>
    internal List<string> TakeOldSnapshots()
    {
        List<string> old = [];
        for (var i = _snapshotsOnDisk.Count - 1; i >= 0; i--)
        {
            if (_snapshotsOnDisk[i] != _snapshotOffset)
            {
                old.Add(SnapshotPath(_snapshotsOnDisk[i]));
                _snapshotsOnDisk.RemoveAt(i);
            }
        }

        return old;
    }

    internal string SnapshotPath(long offset) => Path.Combine(Folder, FileText.OffsetName(offset, FileText.SnapshotSuffix));

    private static void AddSegment(LogCapture capture, LogSegment segment, bool withIndexes)
    {
        if (segment.IsDirty)
        {
            if (!capture.Files.Contains(segment))
            {
                capture.Files.Add(segment);
            }

            segment.IsDirty = false;
        }

        if (withIndexes && segment.IndexesDirty)
        {
            capture.Indexes.Add(segment);
            segment.IndexesDirty = false;
        }
    }

    private void CaptureDerived(LogCapture capture)
    {
        foreach (var segment in _dirtySegments)
        {
            WriteIndexes(segment);
        }

        if (Active is { } active)
        {
            WriteIndexes(active);
        }

        capture.NamesDirty |= NamesDirty;

        Producers.Expire(_directory.WallMs);
        var snapshotOffset = _snapshotOffset;
        if (_producersChanged || (Producers.Count == 0 && snapshotOffset >= 0))
        {
            _producersChanged = false;
            snapshotOffset = Producers.Count == 0 ? -1 : NextOffset;
            capture.SnapshotBytes = Producers.Count == 0 ? null : ProducerSnapshotFormat.Write(Producers);
        }

        if (_epochsWritten != Epochs.Version && FolderExists)
        {
            _epochsWritten = Epochs.Version;
            capture.EpochText = Epochs.Format();
        }

        var last = Active;
        capture.Entry = new CheckpointEntry(
            Entry.Number, !Config.SyncsEveryRound, NextOffset, last?.BaseOffset ?? NextOffset, last?.SizeBytes ?? 0,
            LogStartOffset, snapshotOffset, SizeBytes - BytesLeftBehind(), FindAge());
        capture.EndsSwap = SwapNote == SwapNote.Placed;
        capture.Dropped.AddRange(_dropped);
        _dropped.Clear();
        IsDirty = false;
    }
}

/// <summary>One log's part of a sync or checkpoint: noted by the log thread, made durable on the background thread.</summary>
internal sealed class LogCapture
{
    public LogCapture(PartitionLog log) => Log = log;

    public PartitionLog Log { get; }
    public long End { get; init; }
    public SyncMark Mark { get; init; }

    /// <summary>Base offset of the newest segment that has a file, or -1.</summary>
    public long LastSegmentBase { get; init; }

    /// <summary>Whether it has bytes that only a sync of their file makes durable.</summary>
    public bool CoversUnprotected { get; init; }
    public bool NamesDirty { get; set; }
    public List<LogSegment> Files { get; } = [];
    public List<LogSegment> Indexes { get; } = [];

    /// <summary>Segments that the log has left behind: to be deleted once the checkpoint says so.</summary>
    public List<LogSegment> Dropped { get; } = [];

    /// <summary>Whether it counts on segments whose swap is noted in the folder: the note is not needed any more then.</summary>
    public bool EndsSwap { get; set; }
    public byte[]? SnapshotBytes { get; set; }
    public string? EpochText { get; set; }
    public CheckpointEntry? Entry { get; set; }

    /// <summary>Number of sync calls it takes, if done one by one.</summary>
    public int SyncCalls => Files.Count + (2 * Indexes.Count) + (NamesDirty ? 1 : 0) + _derived;

    /// <summary>Writes what is derived, snapshot and epochs, under names that nothing refers to yet. Not synced.</summary>
    public void WriteDerived(IStorageDevice device)
    {
        if (SnapshotBytes is not null)
        {
            Derived.Add(Write(device, Log.SnapshotPath(Entry!.Value.SnapshotOffset), SnapshotBytes));
        }

        if (EpochText is not null)
        {
            Derived.Add(Write(device, EpochPath + FileText.TemporarySuffix, FileText.Utf8(EpochText)));
        }

        _derived = Derived.Count;
        NamesDirty |= _derived > 0;
    }

    /// <summary>Syncs every file it names, one by one.</summary>
    public void SyncFiles()
    {
        foreach (var segment in Files)
        {
            segment.Sync();
        }

        foreach (var segment in Indexes)
        {
            segment.OffsetIndex.Sync();
            segment.TimeIndex.Sync();
        }

        foreach (var file in Derived)
        {
            file.Sync();
        }
    }

    /// <summary>The files are synced: gives them the names under which they count.</summary>
    public void RenameDerived(IStorageDevice device, IFaultPoints? faults)
    {
        CloseDerived();
        if (EpochText is not null)
        {
            faults?.Reach(FaultPoint.BeforeRename);
            device.Rename(EpochPath + FileText.TemporarySuffix, EpochPath);
            faults?.Reach(FaultPoint.AfterRename);
        }
    }

    /// <summary>Makes the names durable.</summary>
    public void SyncNames(IStorageDevice device)
    {
        if (NamesDirty)
        {
            device.SyncDirectory(Log.Folder);
        }
    }

    /// <summary>Closes the files written here.</summary>
    public void CloseDerived()
    {
        Derived.ForEach(f => f.Dispose());
        Derived.Clear();
    }

    private string EpochPath => Path.Combine(Log.Folder, FileText.EpochFile);

    private List<IStorageFile> Derived { get; } = [];
    private int _derived;

    private static IStorageFile Write(IStorageDevice device, string path, byte[] bytes)
    {
        var file = device.Open(path, writable: true);
        file.SetLength(0);
        file.Write(bytes, 0);
        return file;
    }
}
