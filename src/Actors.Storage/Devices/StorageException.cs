namespace Actors.Storage.Devices;

/// <summary>A file system call failed; carries the operating system's error number.</summary>
public sealed class StorageException : IOException
{
    /// <summary>Linux ENOENT.</summary>
    public const int NotFound = 2;
    /// <summary>Linux EIO.</summary>
    public const int InputOutput = 5;
    /// <summary>Linux EACCES.</summary>
    public const int PermissionDenied = 13;
    /// <summary>Linux ENOSPC.</summary>
    public const int NoSpaceLeft = 28;
    /// <summary>Linux EDQUOT.</summary>
    public const int QuotaExceeded = 122;

    /// <summary>A failed call.</summary>
    public StorageException(string operation, string path, int errorNumber, string? message = null)
        : base($"{operation} {path}: {message ?? "error"} (errno {errorNumber})")
    {
        Operation = operation;
        Path = path;
        ErrorNumber = errorNumber;
    }

    /// <summary>The call that failed.</summary>
    public string Operation { get; }

    /// <summary>The file or directory.</summary>
    public string Path { get; }

    /// <summary>errno.</summary>
    public int ErrorNumber { get; }

    /// <summary>A sync failed: what it was to cover may be lost though the file system says it is clean.</summary>
    public bool IsSync => Operation is "fdatasync" or "fsync" or "syncfs";

    /// <summary>The disk is full, which is not a broken disk; unless it is a sync that says so, after which nothing is sure.</summary>
    public bool IsNoSpace => ErrorNumber is NoSpaceLeft or QuotaExceeded && !IsSync;
}
