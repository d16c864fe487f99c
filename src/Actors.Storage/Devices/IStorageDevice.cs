using Actors.Model.Leases;

namespace Actors.Storage.Devices;

/// <summary>
/// The file system as the log sees it: everything the storage does to a disk goes through here, so that the simulator can tear,
/// lose and refuse. Calls block; they are made on the log's own threads only. Every failure is a <see cref="StorageException"/>.
/// What is not synced (file contents by <see cref="IStorageFile.Sync"/>, names by <see cref="SyncDirectory"/>) may be gone after a
/// power cut, wholly or in part.
/// </summary>
public interface IStorageDevice
{
    /// <summary>Files opened by <see cref="Open"/> and not disposed; 0 where they are not counted.</summary>
    int OpenFiles => 0;

    /// <summary>Opens a file for reading and, if <paramref name="writable"/>, for writing; a writable one is created if it is not there.</summary>
    IStorageFile Open(string path, bool writable);

    /// <summary>Length of a file in bytes, or -1 if there is none.</summary>
    long GetLength(string path);

    /// <summary>Whether a directory is there.</summary>
    bool DirectoryExists(string path);

    /// <summary>Creates a directory and its parents; no error if it is there.</summary>
    void CreateDirectory(string path);

    /// <summary>Names (not paths) of what a directory holds, in ordinal order.</summary>
    IReadOnlyList<string> List(string path);

    /// <summary>Renames a file or directory; a file that has the new name is replaced at once.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file; no error if it is not there.</summary>
    void DeleteFile(string path);

    /// <summary>Deletes an empty directory; no error if it is not there.</summary>
    void DeleteDirectory(string path);

    /// <summary>Makes names created, renamed or deleted in a directory durable.</summary>
    void SyncDirectory(string path);

    /// <summary>Makes everything written to the file system of <paramref name="path"/> durable (<c>syncfs</c>).</summary>
    void SyncFileSystem(string path);

    /// <summary>Free and total bytes of the file system.</summary>
    StorageSpace GetSpace(string path);

    /// <summary>Takes an exclusive lock on a lock file, held until disposed; null if another process holds it.</summary>
    IDisposable? TryLock(string path);
}

/// <summary>An open file. Reads may run beside a write, on any thread; reading a disposed file throws ObjectDisposedException.</summary>
public interface IStorageFile : IDisposable
{
    /// <summary>Its path, for messages.</summary>
    string Path { get; }

    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Writes all segments one behind the other at <paramref name="position"/>, or throws; a failed write may have written a part.</summary>
    void Write(ReadOnlySpan<WriteSegment> segments, long position);

    /// <summary>Writes at <paramref name="position"/>, wholly or throws.</summary>
    void Write(ReadOnlySpan<byte> bytes, long position);

    /// <summary>Reads until <paramref name="into"/> is full or the file ends; answers the bytes read.</summary>
    int Read(Span<byte> into, long position);

    /// <summary>
    /// Reads what is in the page cache without waiting for the disk. False: (part of) it is not there, use <see cref="Read"/> on a
    /// thread that may block.
    /// </summary>
    bool TryReadCached(Span<byte> into, long position, out int read);

    /// <summary>
    /// The open file for regions that outlive its disposal: adds one hold, given up by <see cref="IRegionFile.Return"/>. Null: regions
    /// cannot be had here.
    /// </summary>
    IRegionFile? Hold() => null;

    /// <summary>Makes written bytes durable (<c>fdatasync</c>). Throws if the disk did not take them; never to be retried then.</summary>
    void Sync();

    /// <summary>Cuts or extends the file.</summary>
    void SetLength(long lengthBytes);
}

/// <summary>Part of an array to write. The array is on the pinned heap (GC.AllocateArray pinned, or a lease): its address goes to the system.</summary>
/// <param name="Array">The array.</param>
/// <param name="Start">First byte.</param>
/// <param name="LengthBytes">Number of bytes.</param>
public readonly record struct WriteSegment(byte[] Array, int Start, int LengthBytes);

/// <summary>Room of a file system.</summary>
/// <param name="TotalBytes">Its size.</param>
/// <param name="FreeBytes">What this process may still write.</param>
public readonly record struct StorageSpace(long TotalBytes, long FreeBytes);
