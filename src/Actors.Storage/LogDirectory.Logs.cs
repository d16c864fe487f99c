using Actors.Model;
using Actors.Storage.Devices;
using Actors.Storage.Formats;
using Actors.Storage.Recovery;
using Actors.Storage.Register;

namespace Actors.Storage;

/// <summary>Opening, deleting and setting aside logs. Log thread, but for what says otherwise.</summary>
public sealed partial class LogDirectory
{
    private const string DeletedSuffix = "-delete";
    private const string StraySuffix = "-stray";

    private readonly HashSet<PartitionLog> _openLogs = [];

    /// <summary>Every log that is here, open or not. Any thread.</summary>
    public IReadOnlyList<LogListing> ListLogs() =>
        [.. _register.ToArray().Where(e => !e.IsDeleting).Select(e => new LogListing(e.Identity, SizeOf(e), e.Log is not null))];

    /// <summary>Bytes on disk of a log, open or cold; -1 if there is none. Any thread.</summary>
    public long GetSizeBytes(TopicPartitionId id) => _register.TryGet(id, out var entry) && !entry.IsDeleting ? SizeOf(entry) : -1;

    /// <summary>Opens a log, created if it is not there, recovered if it was not closed. Log thread.</summary>
    public LogOpening OpenLog(in LogIdentity identity, LogConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return _borrowed is { } borrowed && borrowed.Id == identity.Id ? TakeOver(borrowed, config) : TryOpen(identity, config);
    }

    private LogOpening TryOpen(in LogIdentity identity, LogConfig config)
    {
        if (Fault is { } fault)
        {
            return new LogOpening { Refusal = $"log directory {Path} failed: {fault.Reason}" };
        }

        try
        {
            return Open(identity, config);
        }
        catch (StorageCorruptionException e)
        {
            LogRefused(_logger, e.Message);
            return new LogOpening { Refusal = e.Message };
        }
        catch (StorageException e) when (e.IsNoSpace)
        {
            NoteFull();
            return new LogOpening { Refusal = $"{identity.Topic}-{identity.Id.Partition} cannot be opened while the disk is full: {e.Message}" };
        }
        catch (StorageException e)
        {
            Fail(e);
            return new LogOpening { Refusal = e.Message };
        }
    }

    /// <summary>Deletes a log and its data; no error if there is none. Log thread.</summary>
    public void DeleteLog(TopicPartitionId id)
    {
        if (Fault is not null || !_register.TryGet(id, out var entry))
        {
            return;
        }

        WaitForBackground();
        var folder = FolderOf(entry);
        var isOurs = Device.DirectoryExists(folder) && (entry.Log is not null || BelongsTo(folder, entry.Identity.Id.TopicId));
        CloseLog(entry);
        _register.MarkDeleting(entry);
        TrySyncRegister();
        if (isOurs)
        {
            Device.Rename(folder, DeletedFolderOf(entry));
        }

        RemoveDeleted(entry);
    }

    /// <summary>Takes a log that the catalog does not know out of the register; its folder is kept as <c>-stray</c>. Log thread.</summary>
    public void SetAside(TopicPartitionId id)
    {
        if (Fault is not null || !_register.TryGet(id, out var entry))
        {
            return;
        }

        WaitForBackground();
        if (entry.Log is { } log)
        {
            log.WriteUnwritten(Buffer);
        }

        CloseLog(entry);
        if (Device.DirectoryExists(FolderOf(entry)))
        {
            SetFolderAside(FolderOf(entry));
        }

        ForgetCleaned(entry);

        _register.Remove(entry);
        TrySyncRegister();
    }

    /// <summary>Lets go of handles and buffers of logs that have not been used for <paramref name="idleMs"/>. Log thread.</summary>
    public void CloseIdle(long idleMs)
    {
        LookAtClock();
        foreach (var log in _openLogs)
        {
            if (!log.IsDormant && !log.IsDirty && log.Syncing == 0 && log.UnwrittenBytes == 0 && NowMs - log.LastUseMs >= idleMs)
            {
                log.CloseFiles();
            }
        }
    }

    private static long SizeOf(RegisterEntry entry) => entry.Log?.SizeBytes ?? entry.Checkpoint?.SizeBytes ?? 0;

    private string FolderOf(RegisterEntry entry) => System.IO.Path.Combine(Path, entry.FolderName);

    private string DeletedFolderOf(RegisterEntry entry) =>
        System.IO.Path.Combine(Path, $"{entry.FolderName}.{entry.Identity.Id.TopicId:N}{DeletedSuffix}");

    private LogOpening Open(in LogIdentity identity, LogConfig config)
    {
        LookAtClock();
        if (!_register.TryGet(identity.Id, out var entry))
        {
            MakeRoomFor(identity);
            entry = _register.Add(identity);
        }

        if (entry.IsDeleting)
        {
            return new LogOpening { Refusal = $"{entry.FolderName} is being deleted" };
        }

        if (entry.Log is null)
        {
            var isClean = _wasClosedClean && !_reopened.Contains(entry.Number);
            var recovered = new LogRecovery(Device, Options, Leases, _register, entry, config, WallMs, isClean).Run();
            _reopened.Add(entry.Number);
            var log = new PartitionLog(this, entry, config, recovered);
            entry.Log = log;
            _openLogs.Add(log);
            NotePolicy(log);
            if (recovered.IsLossAccepted || entry.CleanedEnd > log.WrittenEnd)
            {
                ForgetCleaned(entry);
            }

            entry.IsReplayed = false;
            if (recovered.IsDirty || entry.Checkpoint is { SizeBytes: > 0, Age.IsKnown: false })
            {
                NoteDirty(log, 0);
            }

            if (entry.Move is { } move)
            {
                log.MoveLogStart(move.To.LogStart); // on its way to the disk: what it leaves behind is not served again
            }

            if (recovered.Cut is { } cut)
            {
                _cuts.Enqueue(cut);
                LogCut(_logger, entry.FolderName, cut.Offset, cut.CutBytes, cut.LastSeenOffset, cut.KeptIn);
                return new LogOpening { Log = log, Cut = cut };
            }
        }

        return new LogOpening { Log = entry.Log };
    }

    private readonly HashSet<int> _reopened = [];

    /// <summary>A folder that has the new log's name but is nobody's is kept under another name.</summary>
    private void MakeRoomFor(in LogIdentity identity)
    {
        var name = $"{identity.Topic}-{identity.Id.Partition}";
        var folder = System.IO.Path.Combine(Path, name);
        if (!Device.DirectoryExists(folder) || BelongsTo(folder, identity.Id.TopicId))
        {
            return; // its own, in a register that has forgotten it: everything that is there is read
        }

        if (Array.Find(_register.ToArray(), e => e.FolderName == name && !e.IsDeleting) is { } owner)
        {
            throw new StorageCorruptionException(
                $"{name} refuses to open for topic id {identity.Id.TopicId}: its folder belongs to topic id "
                + $"{owner.Identity.Id.TopicId}, which was not deleted.");
        }

        SetFolderAside(folder);
    }

    private void SetFolderAside(string folder)
    {
        Device.Rename(folder, $"{folder}.{Guid.NewGuid():N}{StraySuffix}");
        Device.SyncDirectory(Path);
    }

    private void CloseLog(RegisterEntry entry)
    {
        if (entry.Log is { } log)
        {
            StopCleaning(log);
            ForgetBorrowed(log);
            _openLogs.Remove(log);
            _compacted.Remove(log);
            ForgetDirty(log);
            lock (_swapEndLock)
            {
                log.Close();
            }

            entry.Log = null;
        }
    }

    /// <summary>A crash may have come between the renaming and the end of a deletion.</summary>
    private void FinishDeletions()
    {
        foreach (var entry in _register.ToArray().Where(e => e.IsDeleting))
        {
            if (Device.DirectoryExists(FolderOf(entry)) && BelongsTo(FolderOf(entry), entry.Identity.Id.TopicId))
            {
                Device.Rename(FolderOf(entry), DeletedFolderOf(entry));
            }

            RemoveDeleted(entry);
        }
    }

    private bool BelongsTo(string folder, Guid topicId)
    {
        var bytes = DurableFile.Read(Device, System.IO.Path.Combine(folder, FileText.MetadataFile));
        return bytes is not null && FileText.ParseMetadata(System.Text.Encoding.UTF8.GetString(bytes)) == topicId;
    }

    private void RemoveDeleted(RegisterEntry entry)
    {
        ForgetCleaned(entry); // before its name can be another's
        var folder = DeletedFolderOf(entry);
        if (Device.DirectoryExists(folder))
        {
            foreach (var name in Device.List(folder))
            {
                Device.DeleteFile(System.IO.Path.Combine(folder, name));
            }

            Device.DeleteDirectory(folder);
            Device.SyncDirectory(Path);
        }

        _register.Remove(entry);
        TrySyncRegister();
    }

    /// <summary>On a full disk the register says later what happened: a deletion is what makes room.</summary>
    private void TrySyncRegister()
    {
        try
        {
            _register.Sync();
        }
        catch (StorageException e) when (e.IsNoSpace)
        {
            NoteFull();
        }
    }
}
