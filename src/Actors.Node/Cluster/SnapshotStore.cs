using System.Buffers.Binary;
using System.Globalization;
using Actors.Cluster;
using Actors.Cluster.Snapshots;
using Actors.Model;
using Actors.Storage.Devices;
using Actors.Storage.Faults;

namespace Actors.Node.Cluster;

/// <summary>
/// The snapshots of the cluster's state on disk, <c>00000000000000000000.snapshot</c> by the offset they end at. A snapshot counts once
/// it was read back and verified; the two newest of those are kept, and the log may go below the older one of them, never beyond.
/// Calls block; one thread at a time.
/// </summary>
internal sealed class SnapshotStore(IStorageDevice device, string folder, IFaultPoints? faults)
{
    /// <summary>Verified snapshots that are kept.</summary>
    public const int KeptCount = 2;

    private const string Suffix = ".snapshot";
    private const string TemporarySuffix = ".new";
    private const long MaxLoadedBytes = 16 << 20;
    private const int PieceBytes = 256 << 10;

    /// <summary>
    /// Bytes after which a snapshot that is written is synced, 4 MiB: all at once at its end would keep the disk from the log's own syncs for
    /// as long as it takes to write a state of any size.
    /// </summary>
    private const int SyncedBytes = 4 << 20;

    private readonly List<long> _verified = [];
    private long _lastBytes;

    /// <summary>Size of the snapshot written last by this process, in bytes. Any thread.</summary>
    public long LastBytes => Volatile.Read(ref _lastBytes);

    /// <summary>Offset up to which the log is not needed any more; 0 while there are fewer than two verified snapshots.</summary>
    public long TrimmableEnd => _verified.Count < KeptCount ? 0 : _verified[^KeptCount];

    /// <summary>Snapshots that could not be used, with the reason.</summary>
    public List<string> Damaged { get; } = [];

    /// <summary>The state of the newest snapshot that verifies; an empty one if there is none.</summary>
    public ClusterMachine Load()
    {
        DurableFile.CreateDirectory(device, folder);
        ClusterMachine? newest = null;
        foreach (var end in Ends().OrderDescending())
        {
            var path = PathOf(end);
            var fault = newest is null ? TryLoad(path, end, out newest) : IsWhole(path) ? null : "its CRC is wrong";
            if (fault is not null)
            {
                Damaged.Add($"{path} cannot be used: {fault}");
                continue;
            }

            _verified.Insert(0, end);
            if (_verified.Count == KeptCount)
            {
                break;
            }
        }

        return newest ?? new ClusterMachine();
    }

    /// <summary>
    /// Writes a snapshot as its slices come, reads it back, verifies it, and deletes those that are no longer needed. A small one is loaded as
    /// a start would load it; of a large one, which would take the room of a second tree, the bytes are compared.
    /// </summary>
    /// <exception cref="StorageException">The disk refused, or gave back other bytes.</exception>
    /// <exception cref="OperationCanceledException">The slices end before the snapshot is complete: nothing is kept.</exception>
    public void Write(ClusterSnapshot snapshot, IEnumerable<ReadOnlyMemory<byte>> slices)
    {
        var path = PathOf(snapshot.AppliedEnd);
        var temporary = path + TemporarySuffix;
        long length;
        using (var file = device.Open(temporary, writable: true))
        {
            file.SetLength(0);
            length = Write(file, snapshot, slices, out var crc);
            if (!snapshot.IsComplete)
            {
                throw new OperationCanceledException("The snapshot was given up before it was taken whole.");
            }

            file.Sync();
            if (CrcOf(file, length) != crc)
            {
                throw new StorageException("read", temporary, StorageException.InputOutput, "it came back different: another CRC");
            }
        }

        ClusterMachine? machine = null;
        if (length <= MaxLoadedBytes && (TryLoad(temporary, snapshot.AppliedEnd, out machine) is not null || machine!.Digest != snapshot.Digest))
        {
            throw new StorageException("read", temporary, StorageException.InputOutput, "it came back different: another digest");
        }

        faults?.Reach(FaultPoint.BeforeRename);
        device.Rename(temporary, path);
        faults?.Reach(FaultPoint.AfterRename);
        device.SyncDirectory(folder);
        Volatile.Write(ref _lastBytes, length);
        if (!_verified.Contains(snapshot.AppliedEnd))
        {
            _verified.Add(snapshot.AppliedEnd);
        }

        if (length > MaxLoadedBytes)
        {
            // What a large one was taken with is garbage among the large objects, which nothing else brings the collector to look at soon.
            // In the background, once per snapshot: the tree is some thousand arrays without references, so there is little to walk.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }

        while (_verified.Count > KeptCount)
        {
            device.DeleteFile(PathOf(_verified[0]));
            _verified.RemoveAt(0);
        }
    }

    private static long Write(IStorageFile file, ClusterSnapshot snapshot, IEnumerable<ReadOnlyMemory<byte>> slices, out uint crc)
    {
        var running = ~0u;
        var (position, synced) = (0L, 0L);
        Append(snapshot.EncodeHead());
        foreach (var slice in slices)
        {
            Append(slice.Span);
        }

        Append(ClusterSnapshot.EncodeTail(running));
        crc = ~running;
        return position;

        void Append(ReadOnlySpan<byte> bytes)
        {
            file.Write(bytes, position);
            position += bytes.Length;
            running = Crc32C.Update(running, bytes);
            if (position - synced >= SyncedBytes)
            {
                file.Sync();
                synced = position;
            }
        }
    }

    private static uint CrcOf(IStorageFile file, long length)
    {
        var piece = new byte[PieceBytes];
        var running = ~0u;
        for (var position = 0L; position < length;)
        {
            var read = file.Read(piece.AsSpan(0, (int)Math.Min(piece.Length, length - position)), position);
            if (read == 0)
            {
                break;
            }

            running = Crc32C.Update(running, piece.AsSpan(0, read));
            position += read;
        }

        return ~running;
    }

    private string? TryLoad(string path, long end, out ClusterMachine? machine)
    {
        using var file = device.Open(path, writable: false);
        machine = ClusterSnapshot.TryLoad(new FileBytes(file), out var reason);
        if (machine is not null && machine.AppliedEnd != end)
        {
            (machine, reason) = (null, "its name is not its offset");
        }

        return machine is null ? reason : null;
    }

    /// <summary>Whether the file's CRC is that of its bytes.</summary>
    private bool IsWhole(string path)
    {
        using var file = device.Open(path, writable: false);
        var stored = new byte[sizeof(uint)];
        return file.Length > stored.Length && file.Read(stored, file.Length - stored.Length) == stored.Length
            && CrcOf(file, file.Length - stored.Length) == BinaryPrimitives.ReadUInt32BigEndian(stored);
    }

    private IEnumerable<long> Ends()
    {
        foreach (var name in device.List(folder))
        {
            if (name.EndsWith(Suffix, StringComparison.Ordinal)
                && long.TryParse(name.AsSpan(0, name.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var end))
            {
                yield return end;
            }
        }
    }

    private string PathOf(long end) => Path.Combine(folder, end.ToString("D20", CultureInfo.InvariantCulture) + Suffix);

    private sealed class FileBytes(IStorageFile file) : ISnapshotBytes
    {
        public long LengthBytes { get; } = file.Length;

        public int Read(Span<byte> into, long position) => file.Read(into, position);
    }
}
