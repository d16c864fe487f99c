using System.Diagnostics;
using Actors.Model.Records;
using Actors.Storage.Devices;
using Actors.Storage.Formats;

namespace Actors.Storage.Partitions;

/// <summary>
/// One segment: a file of batches one behind the other, and its two indexes. Lengths are logical: with the commit log, the file may
/// lag behind (the rest is in the log's tail), and with prewritten zeros the file is longer than what it holds.
/// </summary>
internal sealed partial class LogSegment
{
    private readonly IStorageDevice _device;
    private readonly string _folder;
    private readonly Lock _opening = new();
    private string _nameSuffix;
    private IStorageFile? _file;
    private long _sizeBytes;
    private long _fileBytes;
    private long _verifiedFrom;
    private long _verifiedTo;
    private int _bytesSinceEntry;
    private bool _isRemoved;

    public LogSegment(IStorageDevice device, string folder, long baseOffset, string nameSuffix = "")
    {
        _device = device;
        _folder = folder;
        _nameSuffix = nameSuffix;
        BaseOffset = baseOffset;
        OffsetIndex = new SparseIndex(this, 4);
        TimeIndex = new SparseIndex(this, 8);
    }

    public long BaseOffset { get; }
    public string Path => PathOf(FileText.LogSuffix);
    public SparseIndex OffsetIndex { get; }
    public SparseIndex TimeIndex { get; }

    /// <summary>Bytes of all batches of the segment, in its file or still in the tail.</summary>
    public long SizeBytes
    {
        get => Volatile.Read(ref _sizeBytes);
        private set => Volatile.Write(ref _sizeBytes, value);
    }

    /// <summary>Bytes of batches that are in the file.</summary>
    public long FileBytes
    {
        get => Volatile.Read(ref _fileBytes);
        set => Volatile.Write(ref _fileBytes, value);
    }

    /// <summary>Bytes that were there when the log was opened: their checksums are verified when they are read.</summary>
    public long InheritedBytes { get; set; }

    /// <summary>Bytes of the file that are prewritten with zeros or data.</summary>
    public long PrewrittenBytes { get; set; }

    /// <summary>Greatest timestamp, or -1; and the last offset of the batch that has it.</summary>
    public long MaxTimestampMs { get; private set; } = -1;

    /// <summary>Last offset of the batch with the greatest timestamp, or -1.</summary>
    public long MaxTimestampOffset { get; private set; } = -1;

    /// <summary>Timestamp of the first batch, which segment.ms counts from; or -1.</summary>
    public long FirstTimestampMs { get; set; } = -1;

    /// <summary>When the segment was begun by this process, for one without timestamps.</summary>
    public long CreatedMs { get; set; }

    /// <summary>Wall time of the last append, or of the opening that found it; ms since 1970.</summary>
    public long AppendedMs { get; set; }

    /// <summary>Whether its files are deleted.</summary>
    public bool IsRemoved => Volatile.Read(ref _isRemoved);

    /// <summary>Whether its file has bytes that were not synced.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Whether its indexes have entries that were not synced.</summary>
    public bool IndexesDirty { get; set; }

    /// <summary>Takes note of a batch at the end of the segment; its bytes are in the file or the tail.</summary>
    public void Append(in RecordBatchInfo info, int indexIntervalBytes)
    {
        Debug.Assert(info.LastOffset - BaseOffset is >= 0 and <= int.MaxValue, "an offset does not fit into its segment");
        var position = SizeBytes;
        if (position == 0)
        {
            FirstTimestampMs = info.MaxTimestampMs;
        }

        if (info.MaxTimestampMs > MaxTimestampMs)
        {
            MaxTimestampMs = info.MaxTimestampMs;
            MaxTimestampOffset = info.LastOffset;
        }

        // Kafka's LogSegment.append: an entry before the batch that follows more than an interval of unindexed bytes.
        if (_bytesSinceEntry > indexIntervalBytes)
        {
            OffsetIndex.Append(info.LastOffset - BaseOffset, (int)position);
            AppendTimeEntry();
            _bytesSinceEntry = 0;
            IndexesDirty = true;
        }

        _bytesSinceEntry += info.SizeBytes;
        SizeBytes = position + info.SizeBytes;
    }

    /// <summary>The last entry of a segment that is full: its greatest timestamp, as Kafka's onBecomeInactiveSegment.</summary>
    public void AppendTimeEntry()
    {
        if (MaxTimestampMs > TimeIndex.LastKey)
        {
            TimeIndex.Append(MaxTimestampMs, (int)(MaxTimestampOffset - BaseOffset));
            IndexesDirty = true;
        }
    }

    /// <summary>Takes what is in the file as it is, up to an indexed batch: it was synced.</summary>
    public void Trust(long sizeBytes, long maxTimestampMs, long maxTimestampOffset)
    {
        SizeBytes = sizeBytes;
        FileBytes = sizeBytes;
        InheritedBytes = sizeBytes;
        MaxTimestampMs = maxTimestampMs;
        MaxTimestampOffset = maxTimestampOffset;
    }

    /// <summary>Takes note of a batch that is in the file and behind the last index entry, which was written with the index.</summary>
    public void Resume(in RecordBatchInfo info)
    {
        if (info.MaxTimestampMs > MaxTimestampMs)
        {
            MaxTimestampMs = info.MaxTimestampMs;
            MaxTimestampOffset = info.LastOffset;
        }

        _bytesSinceEntry += info.SizeBytes;
        SizeBytes += info.SizeBytes;
        FileBytes = SizeBytes;
        InheritedBytes = SizeBytes;
    }

    /// <summary>The file, opened if it is not; reopened by whoever finds it disposed.</summary>
    public IStorageFile OpenFile()
    {
        var file = Volatile.Read(ref _file);
        if (file is not null)
        {
            return file;
        }

        lock (_opening)
        {
            ThrowIfRemoved();
            return _file ??= _device.Open(Path, writable: true);
        }
    }

    /// <summary>Before its files are deleted: nobody opens, and so makes, them again. Reads that are under way end properly.</summary>
    public void Remove()
    {
        lock (_opening)
        {
            Volatile.Write(ref _isRemoved, true);
        }

        Close();
    }

    /// <summary>For whoever is about to open one of its files.</summary>
    public void ThrowIfRemoved()
    {
        if (IsRemoved)
        {
            throw new StorageException("open", Path, StorageException.NotFound, "the segment was deleted");
        }
    }

    /// <summary>Deletes its files, for good.</summary>
    public void DeleteFiles()
    {
        Remove();
        _device.DeleteFile(Path);
        _device.DeleteFile(OffsetIndex.Path);
        _device.DeleteFile(TimeIndex.Path);
    }

    /// <summary>Syncs the file, unless it is deleted.</summary>
    public void Sync()
    {
        if (!IsRemoved)
        {
            OpenFile().Sync();
        }
    }

    /// <summary>Whether the file is open.</summary>
    public bool HasFile => Volatile.Read(ref _file) is not null;

    /// <summary>Number of its files that are open.</summary>
    public int OpenFiles => (HasFile ? 1 : 0) + (OffsetIndex.HasFile ? 1 : 0) + (TimeIndex.HasFile ? 1 : 0);

    /// <summary>Takes note of inherited bytes whose checksums were right. One stretch is remembered: the one that readers go along.</summary>
    public void NoteVerified(long from, long to)
    {
        if (from >= InheritedBytes)
        {
            return;
        }

        lock (_opening)
        {
            var touches = from <= _verifiedTo && to >= _verifiedFrom;
            (_verifiedFrom, _verifiedTo) = touches ? (Math.Min(from, _verifiedFrom), Math.Max(to, _verifiedTo)) : (from, to);
        }
    }

    /// <summary>Whether these bytes were written by this process, or verified by it.</summary>
    public bool IsVerified(long from, long to)
    {
        if (from >= InheritedBytes)
        {
            return true;
        }

        lock (_opening)
        {
            return from >= _verifiedFrom && Math.Min(to, InheritedBytes) <= _verifiedTo;
        }
    }

    /// <summary>Closes the handles; reads and regions that are under way end properly.</summary>
    public void Close()
    {
        lock (_opening)
        {
            _file?.Dispose();
            _file = null;
        }

        OffsetIndex.Close();
        TimeIndex.Close();
    }

    /// <summary>A file of the segment.</summary>
    public string PathOf(string suffix) => System.IO.Path.Combine(_folder, FileText.OffsetName(BaseOffset, suffix + _nameSuffix));
}
