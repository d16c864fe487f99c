using System.Diagnostics.CodeAnalysis;
using Actors.Model;
using Actors.Storage.Devices;
using Actors.Storage.Directories;
using Actors.Storage.Formats;

namespace Actors.Storage.Register;

/// <summary>
/// The register of a directory, in memory and in its file (<see cref="RegisterFormat"/>). Changed by the log thread; looked up by any
/// thread through the lock. The file is written by the log thread where a round needs what is new, by the background thread where it can
/// wait: a sync that waits for the file system's journal beside thousands of deletions would delay appends.
/// </summary>
internal sealed partial class DirectoryRegister : IDisposable
{
    /// <summary>The file is rewritten when it has this many bytes and most of them are history.</summary>
    private const long CompactFromBytes = 1 << 20;

    private readonly IStorageDevice _device;
    private readonly string _directory;
    private readonly Lock _lock = new();

    /// <summary>Held while the file is written; taken before <see cref="_lock"/>.</summary>
    private readonly Lock _fileLock = new();
    private readonly Dictionary<TopicPartitionId, RegisterEntry> _byId = [];
    private readonly Dictionary<int, RegisterEntry> _byNumber = [];
    private IStorageFile _file;
    private long _length;
    private long _liveBytes;
    private List<RegisterRecord> _pending = [];
    private int _nextNumber = 1;
    private volatile bool _isUrgent; // rounds need something that is not written
    private volatile bool _isUrgentDirty; // or not synced

    private DirectoryRegister(IStorageDevice device, string directory, IStorageFile file, Guid id)
    {
        _device = device;
        _directory = directory;
        _file = file;
        DirectoryId = id;
    }

    /// <summary>The directory's own id, given at its creation.</summary>
    public Guid DirectoryId { get; }

    /// <summary>Whether a frame was written that is not synced.</summary>
    private bool IsDirty { get; set; }

    /// <summary>Whether most of the file is history.</summary>
    public bool IsCompactionDue => Volatile.Read(ref _length) is var length && length > CompactFromBytes && length > 2 * Volatile.Read(ref _liveBytes);

    /// <summary>The least number that was never given to a log.</summary>
    public int NextNumber => _nextNumber;

    /// <summary>Bytes that each file of the commit log has at least; 0: there is none.</summary>
    public int CommitLogBytes { get; private set; }

    /// <summary>First generation of the commit log that the last process to use it may have written.</summary>
    public long CommitLogGeneration { get; private set; }

    /// <summary>Number of logs.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _byId.Count;
            }
        }
    }

    private string FilePath => Path.Combine(_directory, RegisterFormat.FileName);

    /// <summary>Reads the register, or begins one in a directory that has none.</summary>
    /// <exception cref="StorageCorruptionException">It is damaged; or missing, though logs are here.</exception>
    public static DirectoryRegister Open(IStorageDevice device, string directory, bool begins = false)
    {
        var path = Path.Combine(directory, RegisterFormat.FileName);
        if (device.GetLength(path) < RegisterFormat.HeaderBytes)
        {
            // Its creation was not finished, so that nothing was ever registered; unless something is here that only comes later.
            if (!begins && FindLeft(device, directory) is { } left)
            {
                throw new StorageCorruptionException(
                    $"{path} is missing, and {left} is here: nothing says which logs there were. Restore it from a copy. "
                    + OpenedDirectory.HowToAcceptLoss(directory));
            }

            Replace(device, directory, RegisterFormat.WriteHeader(Guid.NewGuid()));
        }

        var file = device.Open(path, writable: true);
        var bytes = new byte[file.Length];
        file.Read(bytes, 0);
        if (RegisterFormat.ReadHeader(bytes) is not { } id)
        {
            file.Dispose();
            throw new StorageCorruptionException(
                $"{path} is damaged: it does not begin as a register. Restore it from a copy; without it nothing says which logs are here.");
        }

        var register = new DirectoryRegister(device, directory, file, id);
        register.Load(bytes);
        return register;
    }

    public bool TryGet(TopicPartitionId id, [NotNullWhen(true)] out RegisterEntry? entry)
    {
        lock (_lock)
        {
            return _byId.TryGetValue(id, out entry);
        }
    }

    public bool TryGet(int number, [NotNullWhen(true)] out RegisterEntry? entry)
    {
        lock (_lock)
        {
            return _byNumber.TryGetValue(number, out entry);
        }
    }

    /// <summary>A copy of all entries, by number.</summary>
    public RegisterEntry[] ToArray()
    {
        RegisterEntry[] all;
        lock (_lock)
        {
            all = [.. _byId.Values];
        }

        Array.Sort(all, static (a, b) => a.Number.CompareTo(b.Number));
        return all;
    }

    /// <summary>Registers a log; durable with the next <see cref="Sync"/>.</summary>
    public RegisterEntry Add(in LogIdentity identity)
    {
        lock (_lock) // a compaction sees both or neither
        {
            var entry = new RegisterEntry(_nextNumber, identity);
            Append(new RegisterRecord(RegisterRecordKind.Added, entry.Number, identity));
            Insert(entry);
            return entry;
        }
    }

    /// <summary>Notes that a log is being deleted.</summary>
    public void MarkDeleting(RegisterEntry entry)
    {
        lock (_lock)
        {
            Append(new RegisterRecord(RegisterRecordKind.Deleting, entry.Number));
            entry.IsDeleting = true;
        }
    }

    /// <summary>Takes a log out.</summary>
    public void Remove(RegisterEntry entry)
    {
        lock (_lock)
        {
            Append(new RegisterRecord(RegisterRecordKind.Removed, entry.Number));
            Forget(entry);
        }
    }

    /// <summary>Notes a log's newest segment, once its file is synced: a file that is gone later is damage.</summary>
    public void NoteSegment(RegisterEntry entry, long baseOffset)
    {
        lock (_lock)
        {
            _pending.Add(new RegisterRecord(RegisterRecordKind.Segment, entry.Number, Value: baseOffset));
            _liveBytes -= RecordBytes(entry);
            entry.LastSegmentBase = baseOffset;
            _liveBytes += RecordBytes(entry);
            _isUrgent = true;
        }
    }

    /// <summary>
    /// Before a cleaning takes segments away: if the newest of which the register knows is among them, it knows the one that stays in their
    /// place instead, so that nothing is missed that is meant to be gone. True: <see cref="SyncAll"/> has to write that first.
    /// </summary>
    public bool NoteReplaced(RegisterEntry entry, IReadOnlyList<long> baseOffsets, long staying)
    {
        lock (_lock)
        {
            if (entry.LastSegmentBase == staying || !baseOffsets.Contains(entry.LastSegmentBase))
            {
                return false;
            }

            _pending.Add(new RegisterRecord(RegisterRecordKind.Segment, entry.Number, Value: staying));
            entry.LastSegmentBase = staying;
            return true;
        }
    }

    /// <summary>
    /// Notes a log's oldest segment: before an older one is deleted, and with the first one that is noted at all. Unless
    /// <paramref name="isUrgent"/>, only <see cref="SyncAll"/> writes it.
    /// </summary>
    public void NoteFirstSegment(RegisterEntry entry, long baseOffset, bool isUrgent = true)
    {
        lock (_lock)
        {
            _pending.Add(new RegisterRecord(RegisterRecordKind.FirstSegment, entry.Number, Value: baseOffset));
            _liveBytes -= RecordBytes(entry);
            entry.FirstSegmentBase = baseOffset;
            _liveBytes += RecordBytes(entry);
            _isUrgent |= isUrgent;
        }
    }

    /// <summary>Notes that the commit log's files are there, or with 0 bytes that nothing counts on them.</summary>
    public void NoteCommitLog(int fileBytes, long generation)
    {
        lock (_lock)
        {
            Append(new RegisterRecord(RegisterRecordKind.CommitLog, fileBytes, Value: generation));
            (CommitLogBytes, CommitLogGeneration) = (fileBytes, generation);
        }
    }

    /// <summary>Makes durable what was read from the file, and cuts off a frame that a crash has torn.</summary>
    public void SyncFound()
    {
        if (_file.Length > _length)
        {
            _file.SetLength(_length);
        }

        _file.Sync();
    }

    public void Dispose() => _file.Dispose();

    private static string? FindLeft(IStorageDevice device, string directory)
    {
        foreach (var name in device.List(directory))
        {
            var path = Path.Combine(directory, name);
            if (OpenedDirectory.IsOwnFile(name)
                || (!name.EndsWith("-stray", StringComparison.Ordinal) && device.DirectoryExists(path)
                    && device.List(path).Any(f => f == FileText.MetadataFile || f.EndsWith(FileText.LogSuffix, StringComparison.Ordinal))))
            {
                return name;
            }
        }

        return null;
    }

    private static void Replace(IStorageDevice device, string directory, byte[] bytes)
    {
        var path = Path.Combine(directory, RegisterFormat.FileName);
        var temporary = path + FileText.TemporarySuffix;
        using (var file = device.Open(temporary, writable: true))
        {
            file.SetLength(0);
            file.Write(bytes, 0);
            file.Sync();
        }

        device.Rename(temporary, path);
        device.SyncDirectory(directory);
    }

    private void Load(byte[] bytes)
    {
        var at = RegisterFormat.HeaderBytes;
        var records = new List<RegisterRecord>();
        while (RegisterFormat.TryReadFrame(bytes.AsSpan(at), records, out var length))
        {
            records.ForEach(r => Replay(r));
            at += length;
        }

        if (at < bytes.Length)
        {
            for (var later = at + 1; later < bytes.Length; later++)
            {
                if (RegisterFormat.TryReadFrame(bytes.AsSpan(later), records, out _))
                {
                    throw new StorageCorruptionException(
                        $"{FilePath} is damaged at byte {at}: good records follow at {later}. Restore it from a copy.");
                }
            }
        }

        _length = at;
    }

    private void Replay(in RegisterRecord record)
    {
        switch (record.Kind)
        {
            case RegisterRecordKind.Added:
                Insert(new RegisterEntry(record.Number, record.Identity));
                break;
            case RegisterRecordKind.Deleting when _byNumber.TryGetValue(record.Number, out var entry):
                entry.IsDeleting = true;
                break;
            case RegisterRecordKind.Removed when _byNumber.TryGetValue(record.Number, out var entry):
                Forget(entry);
                break;
            case RegisterRecordKind.Segment when _byNumber.TryGetValue(record.Number, out var entry):
                entry.LastSegmentBase = record.Value;
                break;
            case RegisterRecordKind.FirstSegment when _byNumber.TryGetValue(record.Number, out var entry):
                entry.FirstSegmentBase = record.Value;
                break;
            case RegisterRecordKind.CommitLog:
                (CommitLogBytes, CommitLogGeneration) = (record.Number, record.Value);
                break;
            case RegisterRecordKind.NextNumber:
                _nextNumber = Math.Max(_nextNumber, record.Number);
                break;
        }
    }

    private void Insert(RegisterEntry entry)
    {
        lock (_lock)
        {
            _byId.Add(entry.Identity.Id, entry);
            _byNumber.Add(entry.Number, entry);
            _nextNumber = Math.Max(_nextNumber, entry.Number + 1);
            _liveBytes += RecordBytes(entry);
        }
    }

    private void Forget(RegisterEntry entry)
    {
        lock (_lock)
        {
            _byId.Remove(entry.Identity.Id);
            _byNumber.Remove(entry.Number);
        }

        entry.IsRemoved = true;
        _liveBytes -= RecordBytes(entry);
    }

    private static int RecordBytes(RegisterEntry entry) =>
        RegisterFormat.SizeBytes(new RegisterRecord(RegisterRecordKind.Added, entry.Number, entry.Identity))
        + ((entry.LastSegmentBase < 0 ? 0 : 1) + (entry.FirstSegmentBase < 0 ? 0 : 1))
            * RegisterFormat.SizeBytes(new RegisterRecord(RegisterRecordKind.Segment, entry.Number));

    private void Append(in RegisterRecord record)
    {
        lock (_lock)
        {
            _pending.Add(record);
            _isUrgent = true;
        }
    }
}
