using Actors.Storage.Devices;
using Actors.Storage.Faults;

namespace Actors.Node.Cluster;

/// <summary>Small files that are replaced as a whole: after a crash there is the old one or the new one. Calls block.</summary>
internal static class DurableFile
{
    private const string TemporarySuffix = ".new";

    /// <summary>Writes aside, syncs, renames, syncs the directory.</summary>
    public static void Replace(IStorageDevice device, string path, ReadOnlySpan<byte> bytes, IFaultPoints? faults)
    {
        var temporary = path + TemporarySuffix;
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
    public static byte[]? Read(IStorageDevice device, string path)
    {
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
    public static void CreateDirectory(IStorageDevice device, string path)
    {
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
