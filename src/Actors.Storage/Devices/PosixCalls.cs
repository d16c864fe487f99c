using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Actors.Storage.Devices;

/// <summary>
/// The system calls of the log. Called directly, since .NET 10's own FlushToDisk does not report a failed fsync, and since a write
/// of many parts is to be one call. Signatures are those of glibc and musl on 64-bit Linux.
/// </summary>
internal static unsafe partial class PosixCalls
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Directory = 0x10000;
    public const int CloseOnExec = 0x80000;
    public const int NoWait = 8; // RWF_NOWAIT
    public const int SeekEnd = 2;
    public const int LimitOfFiles = 7; // RLIMIT_NOFILE
    public const int LockExclusiveNow = 2 | 4;
    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int NotADirectory = 20;
    public const int NotSupported = 95;
    public const long CacheStatNumber = 451; // the same on every architecture

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct FileRange
    {
        public ulong Position;
        public ulong LengthBytes;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct CachedPages
    {
        public ulong Cached;
        public ulong Dirty;
        public ulong InWriteback;
        public ulong Evicted;
        public ulong RecentlyEvicted;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Limit
    {
        public ulong Current;
        public ulong Most;
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "pwritev", SetLastError = true)]
    public static partial nint WriteVector(SafeFileHandle file, IoVector* vectors, int count, long position);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, byte* into, nuint count, long position);

    [LibraryImport("libc", EntryPoint = "preadv2", SetLastError = true)]
    public static partial nint ReadVector2(SafeFileHandle file, IoVector* vectors, int count, long position, int flags);

    // cachestat(2), since Linux 6.5; glibc has no function of its own for it yet.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial long CacheStat(long number, SafeFileHandle file, FileRange* range, CachedPages* pages, uint flags);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int SyncData(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    public static partial int SyncFileSystem(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(SafeFileHandle file, long length);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(SafeFileHandle file, long offset, int whence);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RemoveDirectory(string path);
}
