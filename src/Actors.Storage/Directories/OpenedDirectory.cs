using Actors.Model.Leases;
using Actors.Storage.Devices;
using Actors.Storage.Formats;
using Actors.Storage.Recovery;
using Actors.Storage.Register;
using Microsoft.Extensions.Logging;

namespace Actors.Storage.Directories;

/// <summary>What a directory's own files say when it is opened: lock, register, checkpoint, clean marker, commit log.</summary>
internal sealed partial class OpenedDirectory
{
    /// <summary>Left by a clean close, removed by the next opening.</summary>
    public const string CleanFile = "directory.clean";
    private const string LockFile = "directory.lock";

    private OpenedDirectory(IDisposable held, DirectoryRegister register)
    {
        Lock = held;
        Register = register;
    }

    public IDisposable Lock { get; }
    public DirectoryRegister Register { get; }
    public bool WasClosedClean { get; private set; }
    public uint CommitLogSeed => CommitLogFormat.Seed(Register.DirectoryId);
    public long LastGeneration { get; private set; }

    /// <summary>First generation of the commit log that was needed, by the checkpoint.</summary>
    public long CommitLogFrom { get; private set; }

    public static OpenedDirectory Open(IStorageDevice device, LogDirectoryOptions options, LeasePool leases, ILogger logger)
    {
        CreateDurably(device, options.Path);
        var held = device.TryLock(Path.Combine(options.Path, LockFile))
            ?? throw new StorageException("lock", options.Path, 11, "another process uses this directory");
        DirectoryRegister? register = null;
        try
        {
            register = DirectoryRegister.Open(device, options.Path);
            var opened = new OpenedDirectory(held, register);
            opened.ReadCheckpoint(device, options.Path, logger);
            opened.ReadCleanMarker(device, options.Path);
            var content = CommitLogFiles.Read(
                device, options.Path, opened.CommitLogSeed, opened.CommitLogFrom, generationOnly: opened.WasClosedClean);
            opened.LastGeneration = content.LastGeneration;
            opened.CheckNumbers(content.Batches.Select(b => b.Number), options.Path);
            if (!opened.WasClosedClean)
            {
                // What was found may be in the page cache only, left there by a process that died before it synced; from here on it is built upon.
                register.SyncFound();
                device.SyncDirectory(options.Path);
            }

            if (content.Batches.Count > 0)
            {
                var missing = new CommitLogReplay(device, options, leases).Run(content.Batches, register);
                LogReplayed(logger, options.Path, content.Batches.Count, missing);
            }

            return opened;
        }
        catch
        {
            register?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Makes the directory durably. One without a register may have been made by a process that died before it synced the names above,
    /// so they are synced again; a parent that is not ours to open was there before.
    /// </summary>
    private static void CreateDurably(IStorageDevice device, string path)
    {
        if (device.GetLength(Path.Combine(path, RegisterFormat.FileName)) >= RegisterFormat.HeaderBytes)
        {
            return;
        }

        device.CreateDirectory(path);
        for (var at = Path.GetDirectoryName(path); at is not null; at = Path.GetDirectoryName(at))
        {
            try
            {
                device.SyncDirectory(at);
            }
            catch (StorageException e) when (e.ErrorNumber == StorageException.PermissionDenied)
            {
                return;
            }
        }
    }

    private void ReadCheckpoint(IStorageDevice device, string directory, ILogger logger)
    {
        var path = Path.Combine(directory, CheckpointFormat.FileName);
        var bytes = FileReplacement.Read(device, path);
        if (bytes is null)
        {
            return;
        }

        var entries = CheckpointFormat.Read(bytes, out var commitLogFrom) ?? throw new StorageCorruptionException(
            $"{path} is damaged. To have every log read whole instead, move the file away.");
        CommitLogFrom = commitLogFrom;
        CheckNumbers(entries.Select(e => e.Number), directory);
        foreach (var checkpoint in entries)
        {
            if (Register.TryGet(checkpoint.Number, out var entry))
            {
                entry.Checkpoint = checkpoint;
            }
        }

        LogCheckpoint(logger, directory, Register.Count, entries.Count);
    }

    /// <summary>
    /// A number is synced in the register before anything else names it. The register's last frame, if damaged, looks like one that a
    /// crash has torn; this tells the two apart.
    /// </summary>
    private void CheckNumbers(IEnumerable<int> numbers, string directory)
    {
        if (numbers.Any(n => n >= Register.NextNumber))
        {
            throw new StorageCorruptionException(
                $"{Path.Combine(directory, RegisterFormat.FileName)} is damaged: it does not know every log that has records. Restore it from a copy.");
        }
    }

    private void ReadCleanMarker(IStorageDevice device, string directory)
    {
        var path = Path.Combine(directory, CleanFile);
        WasClosedClean = device.GetLength(path) >= 0;
        if (WasClosedClean)
        {
            // Gone before the first write: a crash from here on is a crash.
            device.DeleteFile(path);
            device.SyncDirectory(directory);
        }
    }

    [LoggerMessage(EventId = 3010, Level = LogLevel.Information, Message = "Log directory {Directory}: {Logs} logs, {Checkpoints} with a checkpoint")]
    private static partial void LogCheckpoint(ILogger logger, string directory, int logs, int checkpoints);

    [LoggerMessage(EventId = 3011, Level = LogLevel.Information,
        Message = "Log directory {Directory}: {Batches} batches of the commit log looked at, {Missing} were not yet in their logs")]
    private static partial void LogReplayed(ILogger logger, string directory, int batches, int missing);
}
