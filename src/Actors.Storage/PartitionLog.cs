using System.Diagnostics;
using Actors.Model;
using Actors.Model.Producers;
using Actors.Storage.Partitions;
using Actors.Storage.Recovery;
using Actors.Storage.Register;
using Actors.Storage.Tails;

namespace Actors.Storage;

/// <summary>
/// The log of one partition: segments on disk and a readable tail in memory. Written by the log thread alone; read by any thread,
/// without waiting for writes. Offsets are published with release semantics: what is below <see cref="WrittenEnd"/> can be read.
/// </summary>
public sealed partial class PartitionLog
{
    private readonly LogDirectory _directory;
    private readonly LogTail _tail;
    private LogSegment[] _segments;
    private LogConfig _config;
    private long _logStartOffset;
    private long _writtenEnd;
    private long _syncedEnd;
    private long _sizeBytes;
    private long _maxTimestampMs = -1;
    private long _lastUseMs;

    internal PartitionLog(LogDirectory directory, RegisterEntry entry, LogConfig config, RecoveredLog recovered)
    {
        _directory = directory;
        Entry = entry;
        Topic = entry.Identity.Topic;
        Folder = System.IO.Path.Combine(directory.Path, entry.FolderName);
        _config = config;
        _tail = new LogTail(directory.Tails);
        _segments = [.. recovered.Segments];
        _logStartOffset = recovered.LogStart;
        NextOffset = recovered.End;
        _writtenEnd = recovered.End;
        _syncedEnd = recovered.SyncedEnd;
        FileSyncedEnd = recovered.SyncedEnd;
        UnprotectedEnd = recovered.End;
        _sizeBytes = recovered.Segments.Sum(s => s.SizeBytes);
        _maxTimestampMs = recovered.MaxTimestampMs;
        Epochs = recovered.Epochs;
        Producers = recovered.Producers;
        FolderExists = recovered.FolderExists;
        _snapshotOffset = recovered.SnapshotOffset;
        _snapshotsOnDisk.AddRange(recovered.SnapshotsOnDisk);
        _epochsWritten = recovered.EpochsWritten;
        _producersChanged = recovered.ProducersChanged;
        SwapNote = recovered.HasSwapNote ? SwapNote.Placed : SwapNote.None;
        _dirtySegments.AddRange(recovered.Segments.SkipLast(1).Where(s => s.IndexesDirty));
        Touch();
    }

    /// <summary>Topic id and partition index.</summary>
    public TopicPartitionId Id => Entry.Identity.Id;

    /// <summary>The topic's name.</summary>
    public string Topic { get; }

    /// <summary>Whatever the interpreter keeps for this log.</summary>
    public object? Owner { get; set; }

    /// <summary>First offset that is kept.</summary>
    public long LogStartOffset => Volatile.Read(ref _logStartOffset);

    /// <summary>Everything below is written and can be read.</summary>
    public long WrittenEnd => Volatile.Read(ref _writtenEnd);

    /// <summary>Everything below is on the disk.</summary>
    public long SyncedEnd => Volatile.Read(ref _syncedEnd);

    /// <summary>Bytes of all segments.</summary>
    public long SizeBytes => Volatile.Read(ref _sizeBytes);

    /// <summary>Greatest timestamp of the log in ms since 1970, or -1.</summary>
    public long MaxTimestampMs => Volatile.Read(ref _maxTimestampMs);

    /// <summary>Epoch of the last batch or the last one assigned, or -1.</summary>
    public int LastEpoch => Epochs.LatestEpoch;

    /// <summary>Leader epochs and where they start.</summary>
    public EpochHistory Epochs { get; }

    /// <summary>The producers as of <see cref="WrittenEnd"/>. Log thread only: clone it at the opening.</summary>
    public ProducerTable Producers { get; }

    /// <summary>Settings in force. Replaced by <see cref="Configure"/>.</summary>
    public LogConfig Config => Volatile.Read(ref _config);

    /// <summary>The entry in the register.</summary>
    internal RegisterEntry Entry { get; }

    /// <summary>The partition's folder.</summary>
    internal string Folder { get; }

    /// <summary>Whether the folder is there; it is made with the first write.</summary>
    internal bool FolderExists { get; private set; }

    /// <summary>Whether names in the folder, or the folder's own, are not synced.</summary>
    internal bool NamesDirty { get; private set; }

    /// <summary>Offset the next batch gets at least. Log thread.</summary>
    internal long NextOffset { get; private set; }

    /// <summary>Everything below is synced in the segments' own files. Log thread.</summary>
    internal long FileSyncedEnd { get; private set; }

    /// <summary>End of what was written to the files and is in no commit log. Log thread.</summary>
    internal long UnprotectedEnd { get; private set; }

    /// <summary>Whether the log was deleted or refuses all work.</summary>
    internal bool IsClosed { get; private set; }

    /// <summary>Whether it has let go of its files since it was last used.</summary>
    internal bool IsDormant { get; private set; }

    /// <summary>When it was last written or read from its files, ms of the monotonic clock.</summary>
    internal long LastUseMs => Volatile.Read(ref _lastUseMs);

    /// <summary>The segments, oldest first; replaced as a whole.</summary>
    internal LogSegment[] Segments => Volatile.Read(ref _segments);

    /// <summary>Takes up new settings. Log thread.</summary>
    public void Configure(LogConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Volatile.Write(ref _config, config);
        _directory.NoteWeakness(this);
        _directory.NotePolicy(this);
    }

    /// <inheritdoc/>
    public override string ToString() => Entry.FolderName;

    /// <summary>Takes the log out of service: readers find nothing open any more. Log thread.</summary>
    internal void Close()
    {
        IsClosed = true;
        _tail.MarkWritten();
        _tail.Trim(0);
        CloseFiles();
    }

    /// <summary>Lets go of handles and buffers; the next use takes them up again. Log thread; nothing may be unwritten.</summary>
    internal void CloseFiles()
    {
        Debug.Assert(_tail.UnwrittenBytes == 0, "a log lets go of its files with batches that are not in them");
        _tail.Trim(0);
        IsDormant = true;
        foreach (var segment in _segments)
        {
            Debug.Assert(IsClosed || (!segment.OffsetIndex.HasUnwritten && !segment.TimeIndex.HasUnwritten), "index entries would be lost");
            segment.Close();
        }
    }

    /// <summary>
    /// Closes handles, keeps everything else; whoever needs one opens it again. <paramref name="onlySynced"/>: not of segments with bytes or
    /// index entries that are not synced. Answers the number left open. Log thread; not while the background thread syncs the log.
    /// </summary>
    internal int CloseFiles(bool onlySynced)
    {
        var left = 0;
        foreach (var segment in _segments)
        {
            if (onlySynced && (Syncing > 0 || segment.IsDirty || segment.IndexesDirty))
            {
                left += segment.OpenFiles;
            }
            else
            {
                segment.Close();
            }
        }

        return left;
    }

    internal void Touch()
    {
        IsDormant = false;
        Volatile.Write(ref _lastUseMs, _directory.NowMs);
    }

    private LogSegment? Active => _segments is [.., var last] ? last : null;
}
