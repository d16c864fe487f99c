using Actors.Model.Leases;
using Actors.Model.Records;
using Actors.Storage.Devices;
using Actors.Storage.Directories;
using Actors.Storage.Formats;
using Actors.Storage.Register;

namespace Actors.Storage.Recovery;

/// <summary>
/// After a crash: brings every batch of the commit log into the file of its partition, where it may be missing or half written. What
/// is there already stays; everything is synced before the directory is used. Doing it twice does no harm.
/// </summary>
internal sealed class CommitLogReplay
{
    /// <summary>From so many files on, one syncfs is cheaper than a sync of each.</summary>
    private const int SyncFileSystemFrom = 16;

    private readonly IStorageDevice _device;
    private readonly string _directory;
    private readonly LeasePool _leases;
    private readonly LogDirectoryOptions _options;
    private readonly List<IStorageFile> _looked = [];
    private readonly HashSet<string> _foldersToSync = [];

    public CommitLogReplay(IStorageDevice device, LogDirectoryOptions options, LeasePool leases)
    {
        _device = device;
        _directory = options.Path;
        _options = options;
        _leases = leases;
    }

    /// <summary>Replays batches in their order; answers how many were missing in the partitions' files.</summary>
    public int Run(IReadOnlyList<CommitLogFiles.Batch> batches, DirectoryRegister register)
    {
        var missing = 0;
        try
        {
            foreach (var group in batches.GroupBy(b => b.Number))
            {
                // A number the register does not know is that of a log deleted since.
                if (register.TryGet(group.Key, out var entry) && !entry.IsDeleting)
                {
                    missing += RunLog(entry, [.. group.Select(b => b.Bytes)]);
                }
            }

            SyncAll();
        }
        finally
        {
            foreach (var file in _looked)
            {
                file.Dispose();
            }
        }

        return missing;
    }

    private int RunLog(RegisterEntry entry, List<ReadOnlyMemory<byte>> batches)
    {
        var folder = Path.Combine(_directory, entry.FolderName);
        var checkpoint = entry.Checkpoint;
        if (checkpoint is { } point && RecordBatch.ReadInfo(batches[^1].Span).NextOffset <= point.RecoveryPoint)
        {
            return 0;
        }

        if (!_device.DirectoryExists(folder))
        {
            if (checkpoint is { SizeBytes: > 0 } || entry.NeedsLastSegment)
            {
                return 0; // the opening refuses: records that were synced are gone with the folder
            }

            _device.CreateDirectory(folder);
        }

        if (entry.NeedsLastSegment && _device.GetLength(Path.Combine(folder, FileText.OffsetName(entry.LastSegmentBase, FileText.LogSuffix))) < 0)
        {
            return 0; // the opening refuses
        }

        entry.IsReplayed = true;
        if (checkpoint is null)
        {
            TryFinishSwap(folder); // all segments are read: old and new ones beside each other would look like a gap
        }

        _foldersToSync.Add(_directory);
        _foldersToSync.Add(folder);

        var bases = Segments(folder, checkpoint?.SegmentBase ?? 0);
        if (bases.Count == 0)
        {
            bases.Add(checkpoint?.SegmentBase ?? RecordBatch.ReadInfo(batches[0].Span).BaseOffset);
        }

        var cursor = new Cursor(batches);
        var expected = checkpoint?.RecoveryPoint ?? bases[0];
        for (var i = 0; i < bases.Count && !cursor.IsDone; i++)
        {
            var position = checkpoint is { } p && p.SegmentBase == bases[i] ? p.Position : 0;
            var nextBase = i + 1 < bases.Count ? bases[i + 1] : long.MaxValue;
            RunSegment(Path.Combine(folder, FileText.OffsetName(bases[i], FileText.LogSuffix)), position, ref expected, nextBase, cursor);
            if (expected < nextBase && nextBase != long.MaxValue)
            {
                break; // a gap, and synced records behind it: no crash leaves that
            }
        }

        if (!cursor.IsDone)
        {
            var text = $"it ends at offset {expected}, and the commit log has synced records from offset {cursor.Info.BaseOffset} on, with none between";
            DurableFile.Replace(_device, Path.Combine(folder, LogRecovery.RefusedFile), FileText.Utf8(text), _options.Faults);
        }

        return cursor.Written;
    }

    private void TryFinishSwap(string folder)
    {
        try
        {
            Cleaning.SwapRecovery.Run(_device, folder, _device.List(folder), 0);
        }
        catch (StorageCorruptionException)
        {
            // The opening refuses, or accepts the loss.
        }
    }

    private void RunSegment(string path, long position, ref long expected, long nextBase, Cursor cursor)
    {
        var file = _device.Open(path, writable: true);
        if (file.Length < position)
        {
            file.Dispose(); // synced bytes are missing: the opening refuses, and nothing is written over it
            return;
        }

        while (true)
        {
            using (var scanner = new BatchScanner(file, _leases, position, expected))
            {
                while (scanner.TryNext(out _, out _))
                {
                }

                position = scanner.Position;
                expected = scanner.ExpectedOffset;
            }

            cursor.SkipBelow(expected);
            if (cursor.IsDone || cursor.Info.BaseOffset != expected || expected >= nextBase)
            {
                break;
            }

            file.Write(cursor.Batch.Span, position);
            position += cursor.Info.SizeBytes;
            expected = cursor.Info.NextOffset;
            cursor.MoveWritten();
        }

        // Also where nothing was missing: a process that died may have left the batches in the page cache only, and the commit log, which
        // has them on the disk, is about to be written over.
        _looked.Add(file);
    }

    private List<long> Segments(string folder, long from)
    {
        var bases = new List<long>();
        foreach (var name in _device.List(folder))
        {
            if (FileText.TryParseOffset(name, FileText.LogSuffix, out var baseOffset) && baseOffset >= from)
            {
                bases.Add(baseOffset);
            }
        }

        bases.Sort();
        return bases;
    }

    private void SyncAll()
    {
        if (_looked.Count >= SyncFileSystemFrom)
        {
            _device.SyncFileSystem(_directory);
            return;
        }

        foreach (var file in _looked)
        {
            file.Sync();
        }

        foreach (var folder in _foldersToSync)
        {
            _device.SyncDirectory(folder);
        }
    }

    /// <summary>The batches of one log that have not been dealt with.</summary>
    private sealed class Cursor(List<ReadOnlyMemory<byte>> batches)
    {
        private int _at;

        public int Written { get; private set; }
        public bool IsDone => _at == batches.Count;
        public ReadOnlyMemory<byte> Batch => batches[_at];
        public RecordBatchInfo Info => RecordBatch.ReadInfo(Batch.Span);

        public void SkipBelow(long end)
        {
            while (!IsDone && Info.NextOffset <= end)
            {
                _at++;
            }
        }

        public void MoveWritten()
        {
            _at++;
            Written++;
        }
    }
}
