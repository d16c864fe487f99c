using Actors.Storage.Devices;
using Actors.Storage.Faults;
using Actors.Storage.Formats;

namespace Actors.Storage.Directories;

/// <summary>Replaces a small file so that a crash leaves the old or the new one: write aside, sync, rename, sync the directory.</summary>
internal static class FileReplacement
{
    public static void Write(IStorageDevice device, string path, byte[] bytes, IFaultPoints? faults, bool syncDirectory = true)
    {
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
        if (syncDirectory)
        {
            device.SyncDirectory(Path.GetDirectoryName(path)!);
        }
    }

    /// <summary>A whole small file, or null if there is none.</summary>
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
}
