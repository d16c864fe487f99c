namespace Actors.Storage;

/// <summary>
/// Why a log directory failed for good: a sync failed, after which the pages may be marked clean though they are not on the disk,
/// or a write failed for another reason than a full disk. Nothing is retried over it; its partitions answer KAFKA_STORAGE_ERROR.
/// </summary>
/// <param name="Directory">The log directory.</param>
/// <param name="Reason">What failed, in one sentence.</param>
/// <param name="Cause">The exception.</param>
public sealed record StorageFault(string Directory, string Reason, Exception Cause);
