using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Actors.Storage.Devices;

/// <summary>The file system of a Linux machine, by its own calls, each error number checked.</summary>
public sealed class PosixStorageDevice : IStorageDevice
{
    private const int FileMode = 0x1A4; // rw-r--r--
    private int _openFiles;

    /// <summary>Files that the process may have open, sockets and all (RLIMIT_NOFILE).</summary>
    public static int OpenFileLimit { get; } =
        PosixCalls.GetLimit(PosixCalls.LimitOfFiles, out var limit) == 0 ? (int)Math.Min(limit.Current, 1 << 20) : 1024;

    /// <inheritdoc/>
    public int OpenFiles => Volatile.Read(ref _openFiles);

    /// <inheritdoc/>
    public IStorageFile Open(string path, bool writable)
    {
        var file = new PosixStorageFile(path, OpenHandle(path, writable ? PosixCalls.ReadWrite | PosixCalls.Create : PosixCalls.ReadOnly), this);
        Interlocked.Increment(ref _openFiles);
        return file;
    }

    internal void NoteClosed() => Interlocked.Decrement(ref _openFiles);

    /// <inheritdoc/>
    public long GetLength(string path)
    {
        try
        {
            using var file = new PosixStorageFile(path, OpenHandle(path, PosixCalls.ReadOnly));
            return file.Length;
        }
        catch (StorageException e) when (e.ErrorNumber is StorageException.NotFound or PosixCalls.NotADirectory)
        {
            return -1;
        }
    }

    /// <inheritdoc/>
    public bool DirectoryExists(string path)
    {
        try
        {
            OpenHandle(path, PosixCalls.ReadOnly | PosixCalls.Directory).Dispose();
            return true;
        }
        catch (StorageException e) when (e.ErrorNumber is StorageException.NotFound or PosixCalls.NotADirectory)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path) => Managed("mkdir", path, () => Directory.CreateDirectory(path));

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string path)
    {
        string[] names = [];
        Managed("readdir", path, () => names = Directory.GetFileSystemEntries(path).Select(e => Path.GetFileName(e)).ToArray());
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <inheritdoc/>
    public void Rename(string from, string to) => Check(PosixCalls.Rename(from, to), "rename", from);

    /// <inheritdoc/>
    public void DeleteFile(string path) => CheckGone(PosixCalls.Unlink(path), "unlink", path);

    /// <inheritdoc/>
    public void DeleteDirectory(string path) => CheckGone(PosixCalls.RemoveDirectory(path), "rmdir", path);

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        using var handle = OpenHandle(path, PosixCalls.ReadOnly | PosixCalls.Directory);
        Check(PosixCalls.Sync(handle), "fsync", path);
    }

    /// <inheritdoc/>
    public void SyncFileSystem(string path)
    {
        using var handle = OpenHandle(path, PosixCalls.ReadOnly | PosixCalls.Directory);
        Check(PosixCalls.SyncFileSystem(handle), "syncfs", path);
    }

    /// <inheritdoc/>
    public StorageSpace GetSpace(string path)
    {
        var space = default(StorageSpace);
        Managed("statfs", path, () =>
        {
            var drive = new DriveInfo(path);
            space = new StorageSpace(drive.TotalSize, drive.AvailableFreeSpace);
        });
        return space;
    }

    /// <inheritdoc/>
    public IDisposable? TryLock(string path)
    {
        var handle = OpenHandle(path, PosixCalls.ReadWrite | PosixCalls.Create);
        if (PosixCalls.Lock(handle, PosixCalls.LockExclusiveNow) == 0)
        {
            return handle;
        }

        var error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        return error == PosixCalls.TryAgain ? null : throw Failed("flock", path, error);
    }

    internal static StorageException Failed(string operation, string path, int error) =>
        new(operation, path, error, Marshal.GetPInvokeErrorMessage(error));

    private static SafeFileHandle OpenHandle(string path, int flags)
    {
        while (true)
        {
            var descriptor = PosixCalls.Open(path, flags | PosixCalls.CloseOnExec, FileMode);
            if (descriptor >= 0)
            {
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }

            var error = Marshal.GetLastPInvokeError();
            if (error != PosixCalls.Interrupted)
            {
                throw Failed("open", path, error);
            }
        }
    }

    private static void Check(int result, string operation, string path)
    {
        if (result != 0)
        {
            throw Failed(operation, path, Marshal.GetLastPInvokeError());
        }
    }

    private static void CheckGone(int result, string operation, string path)
    {
        if (result != 0 && Marshal.GetLastPInvokeError() is var error and not StorageException.NotFound)
        {
            throw Failed(operation, path, error);
        }
    }

    /// <summary>For what is rare and reports its errors properly in .NET.</summary>
    private static void Managed(string operation, string path, Action call)
    {
        try
        {
            call();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // HResult of .NET's own IOException holds errno on Unix; a full disk must stay recognizable.
            throw new StorageException(operation, path, e.HResult is > 0 and < 200 ? e.HResult : StorageException.InputOutput, e.Message);
        }
    }
}
