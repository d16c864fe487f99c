using Actors.Storage.Devices;

namespace Simulation.Fakes;

/// <summary>
/// A file system in memory that forgets what a disk may forget. <see cref="Crash"/> answers the device as a reboot would find it: of
/// what was written but not synced, every write is kept, lost or torn at 512-byte granularity on its own, and names that were not
/// synced are there or not. <see cref="Kill"/> ends the process only: everything written is still seen, and still unsynced.
/// </summary>
public sealed partial class SimulatedStorageDevice : IStorageDevice
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _locks = [];
    private SimulatedDirectory _root = new();
    private long _usedBytes;
    private bool _isGone;

    /// <summary>Size of the disk in bytes; writes beyond it fail with ENOSPC, after what fits.</summary>
    public long CapacityBytes { get; set; } = 1L << 40;

    /// <summary>Called before each call with its name (pwritev, fdatasync, …) and path; answers an errno to fail with, or 0.</summary>
    public Func<string, string, int>? Faults { get; set; }

    /// <summary>Whether reads find everything in the page cache; else they must be allowed to block.</summary>
    public bool IsCached { get; set; } = true;

    /// <summary>File syncs answer without doing anything: for tests of the checks.</summary>
    public bool LiesAboutSyncs { get; set; }

    /// <summary>Directory syncs answer without doing anything: for tests of the checks.</summary>
    public bool LiesAboutNames { get; set; }

    /// <summary>Bytes in use.</summary>
    public long UsedBytes => _usedBytes;

    /// <inheritdoc/>
    public int OpenFiles { get; private set; }

    /// <summary>Number of sync calls of any kind.</summary>
    public int SyncCount { get; private set; }

    /// <summary>A power cut: this device answers no more; the new one holds what reached the disk.</summary>
    public SimulatedStorageDevice Crash(int seed)
    {
        lock (_lock)
        {
            _isGone = true;
            var after = new SimulatedStorageDevice { _root = _root.AfterPowerCut(new Random(seed)), CapacityBytes = CapacityBytes };
            after._usedBytes = Used(after._root);
            return after;
        }
    }

    /// <summary>The process dies: this device answers no more; the new one is the same disk and page cache.</summary>
    public SimulatedStorageDevice Kill()
    {
        lock (_lock)
        {
            _isGone = true;
            return new SimulatedStorageDevice { _root = _root, CapacityBytes = CapacityBytes, _usedBytes = _usedBytes };
        }
    }

    /// <summary>Flips one bit of a file, on disk and in the page cache.</summary>
    public void FlipBit(string path, long bit)
    {
        lock (_lock)
        {
            File(path)!.Flip(bit);
        }
    }

    /// <summary>Paths of all files, in ordinal order.</summary>
    public IReadOnlyList<string> ListFiles()
    {
        lock (_lock)
        {
            var files = new List<string>();
            Walk(_root, "", files);
            return files;
        }
    }

    /// <summary>A copy of a file's bytes.</summary>
    public byte[] ReadAll(string path)
    {
        lock (_lock)
        {
            return File(path)!.Content.ToArray();
        }
    }

    /// <summary>A file is gone for good, without a call of the process.</summary>
    public void Lose(string path)
    {
        lock (_lock)
        {
            _usedBytes -= File(path)!.Length;
            Parent(path).Remove(Name(path));
            Parent(path).Sync();
        }
    }

    /// <summary>Replaces a file's bytes, synced; made if it is not there.</summary>
    public void WriteAll(string path, byte[] bytes)
    {
        lock (_lock)
        {
            var file = File(path);
            if (file is null)
            {
                file = new SimulatedFile();
                Parent(path).Add(Name(path), file);
                Parent(path).Sync();
            }

            _usedBytes += bytes.Length - file.Length;
            file.SetLength(0);
            file.Write(bytes, 0);
            file.Sync();
        }
    }

    /// <inheritdoc/>
    public IStorageFile Open(string path, bool writable)
    {
        lock (_lock)
        {
            Check("open", path);
            var file = File(path);
            if (file is null)
            {
                if (!writable)
                {
                    throw new StorageException("open", path, StorageException.NotFound);
                }

                if (_usedBytes >= CapacityBytes)
                {
                    throw new StorageException("open", path, StorageException.NoSpaceLeft);
                }

                file = new SimulatedFile();
                Parent(path).Add(Name(path), file);
            }

            OpenFiles++;
            return new Handle(this, path, file);
        }
    }

    /// <inheritdoc/>
    public long GetLength(string path)
    {
        lock (_lock)
        {
            Check("stat", path);
            return File(path)?.Length ?? -1;
        }
    }

    /// <inheritdoc/>
    public bool DirectoryExists(string path)
    {
        lock (_lock)
        {
            Check("stat", path);
            return Find(path) is SimulatedDirectory;
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        lock (_lock)
        {
            Check("mkdir", path);
            var at = _root;
            foreach (var name in Parts(path))
            {
                if (!at.Names.TryGetValue(name, out var node))
                {
                    node = new SimulatedDirectory();
                    at.Add(name, node);
                }

                at = (SimulatedDirectory)node;
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string path)
    {
        lock (_lock)
        {
            Check("readdir", path);
            return [.. Directory(path).Names.Keys];
        }
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            Check("rename", from);
            var parent = Parent(from);
            if (parent != Parent(to) || !parent.Names.ContainsKey(Name(from)))
            {
                throw new StorageException("rename", from, StorageException.NotFound);
            }

            _usedBytes -= File(to)?.Length ?? 0;
            parent.Rename(Name(from), Name(to));
        }
    }

    /// <inheritdoc/>
    public void DeleteFile(string path)
    {
        lock (_lock)
        {
            Check("unlink", path);
            if (File(path) is { } file)
            {
                _usedBytes -= file.Length;
                Parent(path).Remove(Name(path));
            }
        }
    }

    /// <inheritdoc/>
    public void DeleteDirectory(string path)
    {
        lock (_lock)
        {
            Check("rmdir", path);
            if (Find(path) is SimulatedDirectory { Names.Count: 0 })
            {
                Parent(path).Remove(Name(path));
            }
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        lock (_lock)
        {
            Check("fsync", path);
            SyncCount++;
            if (!LiesAboutNames)
            {
                Directory(path).Sync();
            }
        }
    }

    /// <inheritdoc/>
    public void SyncFileSystem(string path)
    {
        lock (_lock)
        {
            Check("syncfs", path);
            SyncCount++;
            if (!LiesAboutSyncs)
            {
                _root.SyncDeep();
            }
        }
    }

    /// <inheritdoc/>
    public StorageSpace GetSpace(string path)
    {
        lock (_lock)
        {
            Check("statfs", path);
            return new StorageSpace(CapacityBytes, Math.Max(0, CapacityBytes - _usedBytes));
        }
    }

    /// <inheritdoc/>
    public IDisposable? TryLock(string path)
    {
        lock (_lock)
        {
            Check("flock", path);
            return _locks.Add(path) ? new Held(this, path) : null;
        }
    }

    private static string[] Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static string Name(string path) => Parts(path)[^1];

    private static long Used(SimulatedDirectory directory) =>
        directory.Names.Values.Sum(n => n is SimulatedFile file ? file.Length : Used((SimulatedDirectory)n));

    private static void Walk(SimulatedDirectory directory, string prefix, List<string> files)
    {
        foreach (var (name, node) in directory.Names)
        {
            if (node is SimulatedDirectory below)
            {
                Walk(below, $"{prefix}/{name}", files);
            }
            else
            {
                files.Add($"{prefix}/{name}");
            }
        }
    }

    private object? Find(string path)
    {
        object? at = _root;
        foreach (var name in Parts(path))
        {
            if (at is not SimulatedDirectory directory || !directory.Names.TryGetValue(name, out at))
            {
                return null;
            }
        }

        return at;
    }

    private SimulatedFile? File(string path) => Find(path) as SimulatedFile;

    private SimulatedDirectory Directory(string path) =>
        Find(path) as SimulatedDirectory ?? throw new StorageException("open", path, StorageException.NotFound);

    private SimulatedDirectory Parent(string path) => Directory(string.Join('/', Parts(path)[..^1]));

    private void Check(string operation, string path)
    {
        if (_isGone)
        {
            throw new StorageException(operation, path, StorageException.InputOutput, "the device is gone");
        }

        if (Faults?.Invoke(operation, path) is > 0 and var error)
        {
            throw new StorageException(operation, path, error, "injected");
        }
    }

    private sealed class Held(SimulatedStorageDevice device, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (device._lock)
            {
                device._locks.Remove(path);
            }
        }
    }
}
