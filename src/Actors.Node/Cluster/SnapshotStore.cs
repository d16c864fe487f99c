using System.Globalization;
using Actors.Cluster;
using Actors.Cluster.Snapshots;
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

    private readonly List<long> _verified = [];

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
            var machine = ClusterSnapshot.TryLoad(DurableFile.Read(device, path), out var reason);
            if (machine is null || machine.AppliedEnd != end)
            {
                Damaged.Add($"{path} cannot be used: {reason ?? "its name is not its offset"}");
                continue;
            }

            newest ??= machine;
            _verified.Insert(0, end);
            if (_verified.Count == KeptCount)
            {
                break;
            }
        }

        return newest ?? new ClusterMachine();
    }

    /// <summary>Writes a snapshot, reads it back, verifies it, and deletes those that are no longer needed.</summary>
    /// <exception cref="StorageException">The disk refused, or gave back other bytes.</exception>
    public void Write(ClusterSnapshot snapshot)
    {
        var path = PathOf(snapshot.AppliedEnd);
        DurableFile.Replace(device, path, snapshot.Encode(), faults);
        var machine = ClusterSnapshot.TryLoad(DurableFile.Read(device, path), out var reason);
        if (machine is null || machine.Digest != snapshot.Digest)
        {
            throw new StorageException("read", path, StorageException.InputOutput, $"it came back different: {reason ?? "another digest"}");
        }

        if (!_verified.Contains(snapshot.AppliedEnd))
        {
            _verified.Add(snapshot.AppliedEnd);
        }

        while (_verified.Count > KeptCount)
        {
            device.DeleteFile(PathOf(_verified[0]));
            _verified.RemoveAt(0);
        }
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
}
