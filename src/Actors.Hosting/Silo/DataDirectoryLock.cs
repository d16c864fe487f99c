using System.Globalization;

namespace Actors.Hosting.Silo;

/// <summary>
/// Holds a data directory for one process: an exclusive <c>flock</c> on the file <c>.lock</c> in it. The kernel lets go of it however
/// the process ends, so a crash leaves nothing behind to clean up. <c>.lock.pid</c> names the holder, for the sentence only (a locked
/// file cannot be read).
/// </summary>
internal sealed class DataDirectoryLock : IDisposable
{
    public const string FileName = ".lock";
    public const string HolderFileName = ".lock.pid";

    private const int ErrnoWouldBlock = 11;

    private readonly FileStream _file;

    private DataDirectoryLock(FileStream file) => _file = file;

    /// <summary>Creates the directory if need be and locks it.</summary>
    /// <exception cref="StartRefusedException">It cannot be made or written, or another process has it.</exception>
    public static DataDirectoryLock Take(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            var file = new FileStream(Path.Combine(directory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(Path.Combine(directory, HolderFileName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new DataDirectoryLock(file);
        }
        catch (IOException e) when (e.HResult == ErrnoWouldBlock)
        {
            throw new StartRefusedException(
                $"The data directory {directory} is in use by another process{Holder(directory)}: stop it, or give this node a place of "
                + "its own with Actors:DataDirectory.",
                StartRefusedException.BadSurroundings,
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException(
                $"The data directory {directory} (Actors:DataDirectory) cannot be used: {e.Message}", StartRefusedException.BadSurroundings, e);
        }
    }

    public void Dispose() => _file.Dispose();

    private static string Holder(string directory)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(directory, HolderFileName));
            return int.TryParse(text, out var pid) ? $" (pid {pid})" : "";
        }
        catch (IOException)
        {
            return ""; // the sentence is complete without the number
        }
    }
}
