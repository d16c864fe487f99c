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

    /// <summary>The file whose presence says that an operator accepts what the directory's own files have lost.</summary>
    private const string AcceptLossFile = LogRecovery.AcceptLossFile;

    private static readonly string[] s_ownFiles =
        [CheckpointFormat.FileName, CleanFile, CommitLogFormat.FileName(0), CommitLogFormat.FileName(1)];

    private OpenedDirectory(IDisposable held, DirectoryRegister register)
    {
        Lock = held;
        Register = register;
    }

    public IDisposable Lock { get; }
    public DirectoryRegister Register { get; }
    public bool WasClosedClean { get; private set; }
    public string? CommitLogCut { get; private set; }
    public uint CommitLogSeed => CommitLogFormat.Seed(Register.DirectoryId);
    public long LastGeneration { get; private set; }

    /// <summary>What the checkpoint counts on of the commit log.</summary>
    public CommitLogMark CommitLogMark { get; private set; }

    /// <summary>What an operator can do about a refusal of the directory.</summary>
    public static string HowToAcceptLoss(string directory) =>
        $"To accept the loss instead: touch '{Path.Combine(directory, AcceptLossFile)}' and start again; what is damaged is kept in .torn files.";

    /// <summary>Whether the directory itself has a file of this name, beside its register and lock.</summary>
    public static bool IsOwnFile(string name) => Array.IndexOf(s_ownFiles, name) >= 0;

    public static OpenedDirectory Open(IStorageDevice device, LogDirectoryOptions options, LeasePool leases, ILogger logger)
    {
        CreateDurably(device, options.Path);
        var held = device.TryLock(Path.Combine(options.Path, LockFile))
            ?? throw new StorageException("lock", options.Path, 11, "another process uses this directory");
        DirectoryRegister? register = null;
        try
        {
            var acceptsLoss = device.GetLength(Path.Combine(options.Path, AcceptLossFile)) >= 0;
            register = OpenRegister(device, options.Path, acceptsLoss);
            var opened = new OpenedDirectory(held, register);
            opened.ReadCheckpoint(device, options.Path, logger);
            opened.ReadCleanMarker(device, options.Path);
            var content = opened.ReadCommitLog(device, options.Path, acceptsLoss, out var isLost);
            opened.CheckNumbers(content.Batches.Select(b => b.Number), options.Path);
            if (!opened.WasClosedClean)
            {
                // What was found may be in the page cache only, left there by a process that died before it synced; from here on it is built upon.
                register.SyncFound();
                device.SyncDirectory(options.Path);
            }

            if (content.Cut is { } cut)
            {
                opened.CommitLogCut = cut;
                LogCommitLogCut(logger, cut);
            }

            if (content.Batches.Count > 0)
            {
                var missing = new CommitLogReplay(device, options, leases).Run(content.Batches, register);
                LogReplayed(logger, options.Path, content.Batches.Count, missing);
            }

            if (acceptsLoss)
            {
                opened.EndLoss(device, options.Path, isLost);
                LogLossAccepted(logger, options.Path);
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
        var bytes = DurableFile.Read(device, path);
        if (bytes is null)
        {
            return;
        }

        var entries = CheckpointFormat.Read(bytes, out var mark) ?? throw new StorageCorruptionException(
            $"{path} is damaged. To have every log read whole instead, move the file away.");
        CommitLogMark = mark;
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

    private static DirectoryRegister OpenRegister(IStorageDevice device, string directory, bool acceptsLoss)
    {
        try
        {
            return DirectoryRegister.Open(device, directory);
        }
        catch (StorageCorruptionException) when (acceptsLoss)
        {
            // Without it the numbers mean nothing, nor does what is told by them: every log is read whole when it is opened.
            foreach (var name in s_ownFiles.Append(RegisterFormat.FileName))
            {
                KeepAside(device, Path.Combine(directory, name));
            }

            device.SyncDirectory(directory);
            return DirectoryRegister.Open(device, directory, begins: true);
        }
    }

    private CommitLogFiles.Content ReadCommitLog(IStorageDevice device, string directory, bool acceptsLoss, out bool isLost)
    {
        // What an earlier process counted on was replayed by the one after it.
        var mark = CommitLogMark.From >= Register.CommitLogGeneration ? CommitLogMark : CommitLogMark with { Rounds = 0 };
        var content = new CommitLogFiles.Content();
        isLost = false;
        try
        {
            CommitLogFiles.Read(
                device, directory, new CommitLogFiles.Expected(CommitLogSeed, mark, Register.CommitLogBytes, WasClosedClean), content);
        }
        catch (StorageCorruptionException) when (acceptsLoss)
        {
            isLost = true;
        }

        // Beyond whatever is named anywhere, also where the files are gone: what is below a checkpoint's mark is not replayed.
        LastGeneration = Math.Max(content.LastGeneration, Math.Max(CommitLogMark.From, Register.CommitLogGeneration));
        if (WasClosedClean && Enumerable.Range(0, 2).Any(
            i => device.GetLength(Path.Combine(directory, CommitLogFormat.FileName(i))) < Register.CommitLogBytes))
        {
            Register.NoteCommitLog(0, LastGeneration + 1);
            Register.Sync();
        }

        return content;
    }

    /// <summary>What could be read is in the logs: from here on nothing counts on what is lost.</summary>
    private void EndLoss(IStorageDevice device, string directory, bool isLost)
    {
        if (isLost)
        {
            Register.NoteCommitLog(0, LastGeneration + 1);
            Register.Sync();
            KeepAside(device, Path.Combine(directory, CommitLogFormat.FileName(0)));
            KeepAside(device, Path.Combine(directory, CommitLogFormat.FileName(1)));
        }

        device.DeleteFile(Path.Combine(directory, AcceptLossFile));
        device.SyncDirectory(directory);
    }

    private static void KeepAside(IStorageDevice device, string path)
    {
        if (device.GetLength(path) < 0)
        {
            return;
        }

        var free = path + FileText.TornSuffix;
        for (var n = 1; device.GetLength(free) >= 0; n++)
        {
            free = $"{path}{FileText.TornSuffix}.{n}";
        }

        device.Rename(path, free);
    }

    [LoggerMessage(EventId = 3012, Level = LogLevel.Warning, Message = "Log directory {Directory}: an operator has accepted the loss of synced records")]
    private static partial void LogLossAccepted(ILogger logger, string directory);

    [LoggerMessage(EventId = 3010, Level = LogLevel.Information, Message = "Log directory {Directory}: {Logs} logs, {Checkpoints} with a checkpoint")]
    private static partial void LogCheckpoint(ILogger logger, string directory, int logs, int checkpoints);

    [LoggerMessage(EventId = 3011, Level = LogLevel.Information,
        Message = "Log directory {Directory}: {Batches} batches of the commit log looked at, {Missing} were not yet in their logs")]
    private static partial void LogReplayed(ILogger logger, string directory, int batches, int missing);

    [LoggerMessage(EventId = 3013, Level = LogLevel.Warning,
        Message = "The commit log's last round is not whole and was left out: {Cut}. A crash while it was written leaves that; so does a damaged disk.")]
    private static partial void LogCommitLogCut(ILogger logger, string cut);
}
