using Actors.Storage.Devices;
using Actors.Storage.Formats;

namespace Actors.Storage.Register;

// Writing the file: by the log thread what a round needs, by the background thread what can wait.
internal sealed partial class DirectoryRegister
{
    /// <summary>
    /// Writes new records that rounds need, unsynced: before anything is written to a log that they name. A frame before them is synced
    /// first.
    /// </summary>
    public void Write()
    {
        if (_isUrgent || _isUrgentDirty)
        {
            lock (_fileLock) // the background thread may be about to write them
            {
                WriteFrame();
            }
        }
    }

    /// <summary>Makes new records that rounds need durable.</summary>
    public void Sync()
    {
        if (_isUrgent || _isUrgentDirty)
        {
            SyncAll();
        }
    }

    /// <summary>Makes all new records durable. Log thread or background thread.</summary>
    public void SyncAll()
    {
        lock (_fileLock)
        {
            WriteFrame();
            SyncFile();
        }
    }

    /// <summary>Writes the file anew if most of it is history. Log thread or background thread; a round that has new names waits for it.</summary>
    public void CompactIfDue()
    {
        lock (_fileLock)
        {
            if (IsCompactionDue)
            {
                Compact();
            }
        }
    }

    /// <summary>What is to be written; given back by <see cref="GiveBack"/> if it could not be.</summary>
    private (List<RegisterRecord> Records, bool IsUrgent) TakePending()
    {
        lock (_lock)
        {
            var taken = (_pending, _isUrgent);
            _isUrgentDirty |= _isUrgent; // first: who asks meanwhile sees one or the other
            (_pending, _isUrgent) = ([], false);
            return taken;
        }
    }

    private void GiveBack(List<RegisterRecord> records, bool isUrgent)
    {
        lock (_lock)
        {
            _pending.InsertRange(0, records);
            _isUrgent |= isUrgent;
        }
    }

    private void WriteFrame()
    {
        SyncBefore();
        var (records, isUrgent) = TakePending();
        if (records.Count == 0)
        {
            return;
        }

        try
        {
            var frame = RegisterFormat.WriteFrame(records);
            _file.Write(frame, _length);
            Volatile.Write(ref _length, _length + frame.Length);
        }
        catch (StorageException)
        {
            GiveBack(records, isUrgent);
            throw;
        }

        IsDirty = true;
    }

    private void SyncBefore()
    {
        bool isAny;
        lock (_lock)
        {
            isAny = _pending.Count > 0;
        }

        if (isAny)
        {
            SyncFile();
        }
    }

    private void SyncFile()
    {
        if (IsDirty)
        {
            _file.Sync();
            IsDirty = false;
            _isUrgentDirty = false;
        }
    }

    private void Compact()
    {
        List<RegisterRecord> pending;
        List<RegisterRecord> all;
        bool isUrgent;
        lock (_lock)
        {
            (pending, isUrgent) = TakePending(); // the entries say it already
            all = ListRecords();
        }

        try
        {
            var bytes = RegisterFormat.WriteHeader(DirectoryId).Concat(RegisterFormat.WriteFrame(all)).ToArray();
            Replace(_device, _directory, bytes);
            _file.Dispose();
            _file = _device.Open(FilePath, writable: true);
            Volatile.Write(ref _length, bytes.Length);
        }
        catch (StorageException)
        {
            GiveBack(pending, isUrgent);
            throw;
        }

        IsDirty = false;
        _isUrgentDirty = false;
    }

    private List<RegisterRecord> ListRecords()
    {
        var records = new List<RegisterRecord>
        {
            new(RegisterRecordKind.NextNumber, _nextNumber), new(RegisterRecordKind.CommitLog, CommitLogBytes, Value: CommitLogGeneration),
        };
        foreach (var entry in ToArray())
        {
            records.Add(new RegisterRecord(RegisterRecordKind.Added, entry.Number, entry.Identity));
            if (entry.LastSegmentBase >= 0)
            {
                records.Add(new RegisterRecord(RegisterRecordKind.Segment, entry.Number, Value: entry.LastSegmentBase));
            }

            if (entry.FirstSegmentBase >= 0)
            {
                records.Add(new RegisterRecord(RegisterRecordKind.FirstSegment, entry.Number, Value: entry.FirstSegmentBase));
            }

            if (entry.IsDeleting)
            {
                records.Add(new RegisterRecord(RegisterRecordKind.Deleting, entry.Number));
            }
        }

        return records;
    }
}
