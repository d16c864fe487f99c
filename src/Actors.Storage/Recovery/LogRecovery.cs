using System.Text;
using Actors.Model.Leases;
using Actors.Model.Producers;
using Actors.Model.Records;
using Actors.Storage.Cleaning;
using Actors.Storage.Devices;
using Actors.Storage.Formats;
using Actors.Storage.Partitions;
using Actors.Storage.Register;

namespace Actors.Storage.Recovery;

/// <summary>
/// Opens a partition's folder: what lies below the recovery point is trusted (lengths and last batches are looked at), what lies
/// beyond it is read batch by batch and cut where a crash has left it half written. Throws <see cref="StorageCorruptionException"/>
/// where a crash does not explain what is found; the folder is not changed then.
/// </summary>
internal sealed partial class LogRecovery
{
    /// <summary>The file whose presence says that an operator accepts the loss that an opening was refused for.</summary>
    public const string AcceptLossFile = "accept-loss";

    /// <summary>A refusal that the log's own files do not show; written by the replay of the commit log.</summary>
    public const string RefusedFile = "refused";

    private readonly IStorageDevice _device;
    private readonly LogDirectoryOptions _options;
    private readonly LeasePool _leases;
    private readonly DirectoryRegister _register;
    private readonly RegisterEntry _entry;
    private readonly LogConfig _config;
    private readonly string _folder;
    private readonly long _wallMs;
    private bool _wasClosedClean;
    private readonly RecoveredLog _log = new();
    private readonly List<LogSegment> _leftBehind = [];
    private SwapFormat? _swap;
    private bool _acceptLoss;
    private bool _changed;

    public LogRecovery(
        IStorageDevice device, LogDirectoryOptions options, LeasePool leases, DirectoryRegister register, RegisterEntry entry, LogConfig config,
        long wallMs, bool wasClosedClean)
    {
        _device = device;
        _options = options;
        _leases = leases;
        _register = register;
        _entry = entry;
        _config = config;
        _folder = Path.Combine(options.Path, entry.FolderName);
        _wallMs = wallMs;
        _wasClosedClean = wasClosedClean;
    }

    /// <summary>What an operator can do about a refusal.</summary>
    public static string HowToAcceptLoss(string folder) =>
        $"With a replica, delete the folder on this node. To accept the loss instead: touch '{Path.Combine(folder, AcceptLossFile)}' and open the log again; "
        + "what is cut off is kept in .torn files.";

    public RecoveredLog Run()
    {
        var checkpoint = _entry.Checkpoint;
        if (!_device.DirectoryExists(_folder))
        {
            return checkpoint is { SizeBytes: > 0 } || _entry.NeedsLastSegment
                ? throw Refuse(
                    "the folder is missing, and there were records "
                    + (checkpoint is { SizeBytes: > 0 } ? $"up to offset {checkpoint.Value.RecoveryPoint}" : $"from offset {_entry.LastSegmentBase} on")
                    + $" (make it anew to accept the loss: mkdir '{_folder}')")
                : Empty(checkpoint);
        }

        _log.FolderExists = true;
        var names = _device.List(_folder);
        _acceptLoss = names.Contains(AcceptLossFile);
        _wasClosedClean &= checkpoint is not null && !_acceptLoss; // else nothing says how long the files were then
        if (names.Contains(RefusedFile) && !_acceptLoss)
        {
            throw Refuse(Encoding.UTF8.GetString(DurableFile.Read(_device, Path.Combine(_folder, RefusedFile)) ?? []));
        }

        names = FinishSwap(names);
        FindSnapshots(names);
        FindSegments(names);
        if (!_acceptLoss)
        {
            CheckEnds(checkpoint);
        }

        var start = _acceptLoss || checkpoint is null ? FromTheBeginning() : checkpoint.Value;
        _log.LogStart = start.LogStart;
        LeaveBehind(start);
        _log.End = start.RecoveryPoint;
        TrustBelow(start);
        LoadDerived(start, names);
        ScanBeyond(start);
        Finish(names);
        return _log;
    }

    private RecoveredLog Empty(CheckpointEntry? checkpoint)
    {
        _log.LogStart = checkpoint?.LogStart ?? 0;
        _log.End = checkpoint?.RecoveryPoint ?? 0;
        _log.SyncedEnd = _log.End;
        return _log;
    }

    /// <summary>What a crash left of a cleaning; the folder's names after it.</summary>
    private IReadOnlyList<string> FinishSwap(IReadOnlyList<string> names)
    {
        _log.IsLossAccepted = _acceptLoss;
        try
        {
            _swap = SwapRecovery.Run(_device, _folder, names, _entry.Checkpoint?.LogStart ?? 0);
        }
        catch (StorageCorruptionException e) when (!_acceptLoss)
        {
            throw Refuse(e.Message);
        }
        catch (StorageCorruptionException)
        {
            SwapRecovery.KeepAside(_device, _folder, names);
        }

        _log.HasSwapNote = _swap is not null;
        _changed |= _swap is not null;
        return _device.List(_folder);
    }

    private void FindSegments(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (FileText.TryParseOffset(name, FileText.LogSuffix, out var baseOffset))
            {
                _log.Segments.Add(new LogSegment(_device, _folder, baseOffset) { CreatedMs = _wallMs, AppendedMs = _wallMs });
            }
        }

        _log.Segments.Sort(static (a, b) => a.BaseOffset.CompareTo(b.BaseOffset));
    }

    /// <summary>
    /// What lies wholly below the log start is what a crash kept from being deleted; not the segment that the checkpoint names, which it
    /// counts on.
    /// </summary>
    private void LeaveBehind(in CheckpointEntry start)
    {
        while (_log.Segments.Count > 0)
        {
            var next = _log.Segments.Count > 1 ? _log.Segments[1].BaseOffset : long.MaxValue;
            var end = start.SegmentBase > _log.Segments[0].BaseOffset ? Math.Min(next, start.SegmentBase) : next;
            if (end > start.LogStart || (start.Position > 0 && _log.Segments[0].BaseOffset == start.SegmentBase))
            {
                return;
            }

            _leftBehind.Add(_log.Segments[0]);
            _log.Segments.RemoveAt(0);
        }
    }

    private void FindSnapshots(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (FileText.TryParseOffset(name, FileText.SnapshotSuffix, out var offset))
            {
                _log.SnapshotsOnDisk.Add(offset);
            }
        }
    }

    /// <summary>
    /// Never checkpointed, or the checkpoint file was removed, or what it says is lost and that is accepted: everything that is there is
    /// read. With nothing there, offsets go on from where they are known to have been.
    /// </summary>
    private CheckpointEntry FromTheBeginning()
    {
        var first = _log.Segments.Count > 0 ? _log.Segments[0].BaseOffset : _entry.Checkpoint?.RecoveryPoint ?? 0;
        return new CheckpointEntry(_entry.Number, false, first, first, 0, first, -1, 0, LogAge.Unknown);
    }

    /// <summary>Epochs and producers as of the recovery point; read from the log itself where their own files are damaged.</summary>
    private void LoadDerived(in CheckpointEntry start, IReadOnlyList<string> names)
    {
        var epochs = names.Contains(FileText.EpochFile)
            ? EpochHistory.Parse(Encoding.UTF8.GetString(DurableFile.Read(_device, Path.Combine(_folder, FileText.EpochFile)) ?? []))
            : null;
        var producers = start.SnapshotOffset < 0
            ? new ProducerTable()
            : ProducerSnapshotFormat.Read(DurableFile.Read(_device, SnapshotPath(start.SnapshotOffset)));
        epochs?.TruncateEnd(start.RecoveryPoint);
        epochs?.TruncateStart(start.LogStart); // moved while the log was cold
        var hasRecords = start.RecoveryPoint > start.LogStart;
        if (hasRecords && (epochs is null || epochs.Entries.Count == 0 || producers is null))
        {
            _changed = true;
            var foldedEpochs = new EpochHistory();
            var foldedProducers = new ProducerTable();
            FoldBelow(start, foldedEpochs, foldedProducers);
            epochs = epochs is { Entries.Count: > 0 } ? epochs : foldedEpochs;
            producers ??= foldedProducers;
            _log.ProducersChanged = true;
        }

        _log.Epochs = epochs ?? new EpochHistory();
        _log.Producers = producers ?? new ProducerTable();
        _log.SnapshotOffset = start.SnapshotOffset;
        _log.EpochsWritten = _changed ? -1 : _log.Epochs.Version;
    }

    private void FoldBelow(in CheckpointEntry start, EpochHistory epochs, ProducerTable producers)
    {
        foreach (var segment in _log.Segments.Where(s => s.SizeBytes > 0))
        {
            using var scanner = new BatchScanner(segment.OpenFile(), _leases, 0, segment.BaseOffset);
            while (scanner.Position < segment.SizeBytes && scanner.TryNext(out var info, out _))
            {
                Fold(info, epochs, producers);
            }

            if (scanner.Position != segment.SizeBytes)
            {
                throw Refuse($"{segment.Path} is damaged at byte {scanner.Position}: {scanner.Problem}; "
                    + $"that lies below offset {start.RecoveryPoint}, which was synced");
            }
        }
    }

    private void Fold(in RecordBatchInfo info, EpochHistory epochs, ProducerTable producers)
    {
        if (info.LeaderEpoch > epochs.LatestEpoch)
        {
            epochs.Assign(info.LeaderEpoch, info.BaseOffset);
        }

        producers.Apply(info, _wallMs);
    }

    /// <summary>What was read beyond the point may be in the page cache only: it is synced before anybody builds on it.</summary>
    private void Finish(IReadOnlyList<string> names)
    {
        foreach (var segment in _log.Segments)
        {
            if (segment.IsDirty)
            {
                segment.OpenFile().Sync();
                segment.IsDirty = false;
                _changed = true;
            }

            _changed |= segment.OffsetIndex.HasUnwritten || segment.TimeIndex.HasUnwritten;
            _log.MaxTimestampMs = Math.Max(_log.MaxTimestampMs, segment.MaxTimestampMs);
        }

        foreach (var segment in _leftBehind)
        {
            segment.DeleteFiles();
        }

        if (_changed)
        {
            _device.SyncDirectory(_folder);
            NoteFound();
        }

        if (_acceptLoss)
        {
            NoteLastSegment(_log.Segments is [.., var last] ? last.BaseOffset : -1);
            _register.NoteFirstSegment(_entry, _log.Segments is [var first, ..] ? first.BaseOffset : -1);
            _register.Sync();
            _log.IsDirty = true;
            _device.DeleteFile(Path.Combine(_folder, AcceptLossFile));
            _device.DeleteFile(Path.Combine(_folder, RefusedFile));
            _device.SyncDirectory(_folder);
        }

        var metadata = names.Contains(FileText.MetadataFile)
            ? FileText.ParseMetadata(Encoding.UTF8.GetString(DurableFile.Read(_device, Path.Combine(_folder, FileText.MetadataFile)) ?? []))
            : null;
        if (metadata != _entry.Identity.Id.TopicId)
        {
            DurableFile.Replace(
                _device, Path.Combine(_folder, FileText.MetadataFile), FileText.Utf8(FileText.FormatMetadata(_entry.Identity.Id.TopicId)), _options.Faults);
        }

        _log.SyncedEnd = _log.End;
        _log.IsDirty |= _changed;
        foreach (var segment in _log.Segments)
        {
            if (!segment.OffsetIndex.HasUnwritten && !segment.TimeIndex.HasUnwritten)
            {
                segment.Close();
            }
        }

        if (!_wasClosedClean && _log.Segments is [.., { SizeBytes: > 0 } active])
        {
            // An opening before this one may have cut it and died before its sync: what lies behind the end may come back with the power.
            active.IsDirty = true;
        }
    }

    /// <summary>The newest segment, which a checkpoint may not know yet, and without one the oldest: between them there are no gaps.</summary>
    private void CheckEnds(CheckpointEntry? checkpoint)
    {
        foreach (var needed in new[] { _entry.NeedsLastSegment ? _entry.LastSegmentBase : -1, checkpoint is null ? _entry.FirstSegmentBase : -1 })
        {
            if (needed >= 0 && !_log.Segments.Exists(s => s.BaseOffset == needed))
            {
                throw Refuse($"the segment that begins at offset {needed} is missing, and what it held was synced");
            }
        }
    }

    /// <summary>What was found counts as synced from here on: the register says so before anything is told of it.</summary>
    private void NoteFound()
    {
        // An opening that died may have left an empty one behind it.
        if (_log.Segments.FindLast(s => s.SizeBytes > 0) is not { } last || last.BaseOffset <= _entry.LastSegmentBase)
        {
            return;
        }

        if (_entry.LastSegmentBase < 0)
        {
            _register.NoteFirstSegment(_entry, _log.Segments[0].BaseOffset);
        }

        _register.NoteSegment(_entry, last.BaseOffset);
        try
        {
            _register.Sync();
        }
        catch (StorageException e) when (e.IsNoSpace)
        {
            // Written once there is room: what else it says is synced before any log it names is written.
        }
    }

    /// <summary>Before a segment that the register knows of is taken away.</summary>
    private void NoteLastSegment(long baseOffset)
    {
        if (_entry.LastSegmentBase > baseOffset)
        {
            _register.NoteSegment(_entry, baseOffset);
            _register.Sync();
        }
    }

    private string SnapshotPath(long offset) => Path.Combine(_folder, FileText.OffsetName(offset, FileText.SnapshotSuffix));

    private StorageCorruptionException Refuse(string reason) => new($"{_entry.FolderName} refuses to open: {reason}. {HowToAcceptLoss(_folder)}");
}
