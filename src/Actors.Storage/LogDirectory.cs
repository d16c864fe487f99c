using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Records;
using Actors.Storage.Devices;
using Microsoft.Extensions.Logging;

namespace Actors.Storage;

/// <summary>
/// One directory of logs: its register, its logs, the queue of batches to write and the rounds that write and sync them. A single
/// thread, "the log thread", runs it: that of <see cref="LogDirectoryWriter"/>, or the simulator. Members say who may call them.
/// </summary>
public sealed partial class LogDirectory
{
    /// <summary>Opens a directory: takes its lock and reads its register, but opens no log.</summary>
    /// <exception cref="StorageException">A file system call failed, or another process holds the lock.</exception>
    /// <exception cref="StorageCorruptionException">A file that names what is here is damaged; nothing is touched.</exception>
    public static LogDirectory Open(
        IStorageDevice device, LogDirectoryOptions options, LeasePool leases, TimeProvider time, ILogDirectorySink sink, ILogger logger) =>
        throw new NotImplementedException();

    /// <summary>The directory. Any thread.</summary>
    public string Path => throw new NotImplementedException();

    /// <summary>Why the directory failed for good, or null. Any thread.</summary>
    public StorageFault? Fault => throw new NotImplementedException();

    /// <summary>Free space is below the reserve: appends are to be refused with a retriable error until it is not. Any thread.</summary>
    public bool IsFull => throw new NotImplementedException();

    /// <summary>So much is queued that receiving should stop. Any thread.</summary>
    public bool IsBackedUp => throw new NotImplementedException();

    /// <summary>Room of the file system, as of the last look. Any thread.</summary>
    public StorageSpace Space => throw new NotImplementedException();

    /// <summary>Every log that is here, open or not. Any thread.</summary>
    public IReadOnlyList<LogListing> ListLogs() => throw new NotImplementedException();

    /// <summary>Bytes on disk of a log, open or cold; -1 if there is none. Any thread.</summary>
    public long GetSizeBytes(TopicPartitionId id) => throw new NotImplementedException();

    /// <summary>What recovery cut since the directory was opened, for health. Any thread.</summary>
    public IReadOnlyList<LogCut> Cuts => throw new NotImplementedException();

    /// <summary>Opens a log, created if it is not there, recovered if it was not closed. Log thread.</summary>
    public LogOpening OpenLog(in LogIdentity identity, LogConfig config) => throw new NotImplementedException();

    /// <summary>Deletes a log and its data; no error if there is none. Log thread.</summary>
    public void DeleteLog(TopicPartitionId id) => throw new NotImplementedException();

    /// <summary>Takes a log that the catalog does not know out of the register; its folder is kept as <c>-stray</c>. Log thread.</summary>
    public void SetAside(TopicPartitionId id) => throw new NotImplementedException();

    /// <summary>Lets go of handles and buffers of logs that have not been used for <paramref name="idleMs"/>. Log thread.</summary>
    public void CloseIdle(long idleMs) => throw new NotImplementedException();

    /// <summary>
    /// Queues a batch, stamped and validated; takes over one reference, also when the directory has failed. Calls for one log are to
    /// be in the order of its offsets. Any thread.
    /// </summary>
    public void Submit(PartitionLog log, LeaseSlice batch, in RecordBatchInfo info) => throw new NotImplementedException();

    /// <summary>Queues work for the log thread, in order with batches submitted before and after. Any thread.</summary>
    /// <exception cref="InvalidOperationException">More than <see cref="LogDirectoryOptions.MaxPosted"/> wait.</exception>
    public void Post(Action work) => throw new NotImplementedException();

    /// <summary>
    /// One round: takes what is queued, writes it in runs, syncs by policy, tells the sink, then keeps house (checkpoints, space,
    /// tails). False if nothing was there to do. Log thread.
    /// </summary>
    public bool RunRound() => throw new NotImplementedException();

    /// <summary>Brings every log to a checkpoint now. Log thread.</summary>
    public void Checkpoint() => throw new NotImplementedException();

    /// <summary>Syncs and checkpoints everything, leaves the clean marker, closes. Log thread, after the last round.</summary>
    public void CloseClean() => throw new NotImplementedException();
}
