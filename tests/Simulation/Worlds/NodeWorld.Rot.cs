using Actors.Model.Records;
using Actors.Storage.Formats;
using Simulation.Histories;

namespace Simulation.Worlds;

/// <summary>Bit rot: one bit of one file, while the node is down; or the file is gone.</summary>
internal sealed partial class NodeWorld
{
    private BitRot? _rot;

    /// <summary>A bit that has flipped.</summary>
    /// <param name="Path">The file.</param>
    /// <param name="Bit">Which bit of it.</param>
    /// <param name="Rotten">The byte as it is now.</param>
    /// <param name="Partition">Whose file it is, or null.</param>
    /// <param name="RecoveryPoint">What was known to be synced of that partition.</param>
    /// <param name="Gone">What the file held, if all of it is gone.</param>
    private sealed record BitRot(string Path, long Bit, byte Rotten, PartitionHistory? Partition, long RecoveryPoint, byte[]? Gone = null)
    {
        private string Name => System.IO.Path.GetFileName(Path);

        public bool IsSegment => Name.EndsWith(FileText.LogSuffix, StringComparison.Ordinal);
        public bool IsCommitLog => Name.StartsWith("commit-log.", StringComparison.Ordinal);
        public bool IsTimeIndex => Name.EndsWith(FileText.TimeIndexSuffix, StringComparison.Ordinal);

        /// <summary>The directory's own files may keep all of it from opening.</summary>
        public bool MayRefuseDirectory => Partition is null;

        /// <summary>Only what holds the records themselves may keep a log from opening.</summary>
        public bool MayRefuseLog => IsSegment;

        /// <summary>What lies beyond the recovery point may be cut off, if that is said.</summary>
        public bool MayLose => IsSegment && Gone is null;
    }

    private void InjectRot()
    {
        var files = _device.ListFiles().Where(f => f.StartsWith(Root, StringComparison.Ordinal) && MayRot(f)).ToArray();
        if (files.Length == 0)
        {
            return;
        }

        var path = Pick(files);
        var bytes = _device.ReadAll(path);
        if (bytes.Length == 0 || IsSwapping(path) || (path.EndsWith(RegisterFormat.FileName, StringComparison.Ordinal) && !files.All(HasItsTopicId)))
        {
            return;
        }

        if (MayVanish(path) && Chance(3))
        {
            Vanish(path, bytes);
            return;
        }

        var bit = _random.NextInt64(bytes.Length * 8L);
        if (path.EndsWith(FileText.LogSuffix, StringComparison.Ordinal) && IsOutsideTheChecksum(bytes, bit / 8))
        {
            return;
        }

        _device.FlipBit(path, bit);
        var folder = System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(path));
        var partition = PartitionOf(path);
        var recoveryPoint = partition is null ? 0 : _node.Find(partition.Identity.Id)?.Log.Entry.Checkpoint?.RecoveryPoint ?? 0;
        _rot = new BitRot(path, bit, (byte)(bytes[bit / 8] ^ (1 << (int)(bit % 8))), partition, recoveryPoint);
        if (_rot.IsTimeIndex && partition is not null)
        {
            partition.TimesAreRotten = true;
        }

        NoteProducersLost(path, partition);

        _report = _report with { RottenBits = _report.RottenBits + 1 };
        Note($"bit {bit} of {folder}/{System.IO.Path.GetFileName(path)} rots, recovery point {recoveryPoint}");
    }

    /// <summary>What holds records that were synced, or says so. A topic that leaves syncing to the system may lose a file it never synced.</summary>
    private bool MayVanish(string path)
    {
        var name = System.IO.Path.GetFileName(path);
        var partition = PartitionOf(path);
        return name.StartsWith("commit-log.", StringComparison.Ordinal) || name is RegisterFormat.FileName or CheckpointFormat.FileName
            || (FileText.TryParseOffset(name, FileText.LogSuffix, out var first) && partition is { Config.FlushMessages: 1, WasEverWeak: false }
                && first < partition.SyncedEnd);
    }

    /// <summary>
    /// Of a compacted log only the snapshot knows more of a producer than its last batch, and only the checkpoint says which snapshot holds.
    /// </summary>
    private void NoteProducersLost(string path, PartitionHistory? partition)
    {
        if (path.EndsWith(CheckpointFormat.FileName, StringComparison.Ordinal))
        {
            _partitions.Where(p => p.IsCompacted).ToList().ForEach(p => p.ProducersAreRotten = true);
        }
        else if (partition is { IsCompacted: true } && path.EndsWith(FileText.SnapshotSuffix, StringComparison.Ordinal))
        {
            partition.ProducersAreRotten = true;
        }
    }

    private void Vanish(string path, byte[] bytes)
    {
        NoteProducersLost(path, partition: null);
        _device.Lose(path);
        _rot = new BitRot(path, 0, 0, PartitionOf(path), 0, bytes);
        _report = _report with { RottenBits = _report.RottenBits + 1 };
        Note($"{path} is gone");
    }

    /// <summary>Of a swap that the next opening ends or drops, no file keeps its name: what has rotted could not be put right again.</summary>
    private bool IsSwapping(string path) => System.IO.Path.GetDirectoryName(path) is var folder && _device.ListFiles().Any(
        f => System.IO.Path.GetDirectoryName(f) == folder && System.IO.Path.GetFileName(f) is var name
            && (name == SwapFormat.FileName || name.EndsWith(FileText.CleanedSuffix, StringComparison.Ordinal)
                || name.EndsWith(FileText.SwapSuffix, StringComparison.Ordinal) || name.EndsWith(FileText.DeletedSuffix, StringComparison.Ordinal)));

    private PartitionHistory? PartitionOf(string path)
    {
        var folder = System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(path));
        return _partitions.Find(p => p.Name == folder);
    }

    /// <summary>
    /// Not the epoch history nor the cleaner's offsets, which are Kafka's texts without a checksum; and nothing that nobody reads again.
    /// </summary>
    internal static bool MayRot(string path) =>
        !path.EndsWith(FileText.EpochFile, StringComparison.Ordinal) && !path.EndsWith(CleanerCheckpointFormat.FileName, StringComparison.Ordinal)
        && !path.EndsWith(FileText.TemporarySuffix, StringComparison.Ordinal)
        && !path.Contains("-stray", StringComparison.Ordinal) && !path.Contains("-delete", StringComparison.Ordinal)
        && !path.Contains(FileText.TornSuffix, StringComparison.Ordinal);

    /// <summary>
    /// A folder's own topic id is not synced: the register has it. With both damaged, one by a power cut and the other by rot, nothing
    /// says whose folder it is.
    /// </summary>
    private bool HasItsTopicId(string path) =>
        !path.EndsWith(FileText.LogSuffix, StringComparison.Ordinal)
        || (System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, FileText.MetadataFile) is var metadata
            && _device.ListFiles().Contains(metadata)
            && FileText.ParseMetadata(System.Text.Encoding.UTF8.GetString(_device.ReadAll(metadata))) is not null);

    /// <summary>
    /// Kafka's batches do not protect base offset and leader epoch, which the leader stamps: a bit that flips there in a file is found
    /// only if it contradicts its neighbours.
    /// </summary>
    internal static bool IsOutsideTheChecksum(byte[] bytes, long position)
    {
        for (var at = 0; at + RecordBatch.HeaderBytes <= bytes.Length;)
        {
            var size = RecordBatch.SizeBytes(bytes.AsSpan(at));
            if (size < RecordBatch.HeaderBytes)
            {
                return false;
            }

            if (position < at + (long)size)
            {
                var field = position - at;
                return field < RecordBatch.LengthAt || field is >= RecordBatch.LeaderEpochAt and < RecordBatch.MagicAt;
            }

            at += size;
        }

        return false;
    }

    /// <summary>The node was started over a rotten bit: everything is opened; then the file is restored, as from a copy, if that helps.</summary>
    private void SettleRot()
    {
        var rot = _rot!;
        OpenAll();
        if (rot.IsSegment)
        {
            // What refused to open, or refuses to be read, is all there again once the bit is right.
            UndoRot();
            _isDead = true;
            return;
        }

        _rot = null;
    }

    private void UndoRot()
    {
        if (_rot is not { } rot)
        {
            return;
        }

        _rot = null;
        if (rot.Gone is { } gone)
        {
            // Not where a log has opened without it, having had nothing in it that had to survive.
            if (!_device.ListFiles().Contains(rot.Path) && (rot.Partition is null || _node.Find(rot.Partition.Identity.Id) is null))
            {
                Note($"{rot.Path} is restored");
                _device.WriteAll(rot.Path, gone);
            }
        }
        else if (_device.ListFiles().Contains(rot.Path) && _device.ReadAll(rot.Path) is var bytes
            && rot.Bit / 8 < bytes.Length && bytes[rot.Bit / 8] == rot.Rotten)
        {
            Note($"bit {rot.Bit} of {System.IO.Path.GetFileName(rot.Path)} is restored");
            _device.FlipBit(rot.Path, rot.Bit);
        }

        if (rot.Partition is { } partition)
        {
            var refused = $"{Root}/{partition.Name}/{Actors.Storage.Recovery.LogRecovery.RefusedFile}";
            if (_device.ListFiles().Contains(refused))
            {
                _device.DeleteFile(refused);
                _device.SyncDirectory($"{Root}/{partition.Name}");
            }
        }
    }
}
