using Actors.Storage.Faults;
using Actors.Storage.Formats;

namespace Actors.Storage.Devices;

/// <summary>
/// Small files that are replaced as a whole, so that a crash leaves the old one or the new one: written aside, synced, renamed, the
/// directory synced. Calls block.
/// </summary>
public static class DurableFile
{
    /// <summary>Replaces a file, or makes it.</summary>
    /// <param name="device">Where it lies.</param>
    /// <param name="path">Its path; what is written aside has the suffix <c>.tmp</c>.</param>
    /// <param name="bytes">All that it is to hold.</param>
    /// <param name="faults">Where a test ends the process, or null.</param>
    /// <exception cref="StorageException">The disk refused: the old file or the new one is there.</exception>
    public static void Replace(IStorageDevice device, string path, ReadOnlySpan<byte> bytes, IFaultPoints? faults)
    {
        ArgumentNullException.ThrowIfNull(device);
        var temporary = path + FileText.TemporarySuffix;
        using (var file = device.Open(temporary, writable: true))
        {
            file.SetLength(0);
            file.Write(bytes, 0);
            file.Sync();
        }

        faults?.Reach(FaultPoint.BeforeRename);
        device.Rename(temporary, path);
        faults?.Reach(FaultPoint.AfterRename);
        device.SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>The whole file, or null if there is none.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public static byte[]? Read(IStorageDevice device, string path)
    {
        ArgumentNullException.ThrowIfNull(device);
        if (device.GetLength(path) < 0)
        {
            return null;
        }

        using var file = device.Open(path, writable: false);
        var bytes = new byte[file.Length];
        var read = file.Read(bytes, 0);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>
    /// Creates a directory so that it is still there after a power cut; one that is there may have been made by a process that died
    /// before it synced the name, so it is synced in any case. A parent that is not ours to open was there before.
    /// </summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public static void CreateDirectory(IStorageDevice device, string path)
    {
        ArgumentNullException.ThrowIfNull(device);
        var isNew = !device.DirectoryExists(path);
        if (isNew)
        {
            device.CreateDirectory(path);
        }

        try
        {
            device.SyncDirectory(Path.GetDirectoryName(path)!);
        }
        catch (StorageException e) when (!isNew && e.ErrorNumber == StorageException.PermissionDenied)
        {
            return;
        }
    }
}
