using Actors.Model.Records;

namespace Simulation.Histories;

/// <summary>A batch in the log, as it was stamped.</summary>
/// <param name="Batch">The client's batch.</param>
/// <param name="Bytes">The bytes that every reader must get.</param>
/// <param name="Info">Its header.</param>
/// <param name="AppendedAtMs">Wall time of the append.</param>
internal sealed record LogEntry(ClientBatch Batch, byte[] Bytes, RecordBatchInfo Info, long AppendedAtMs)
{
    public long BaseOffset => Info.BaseOffset;
    public long NextOffset => Info.NextOffset;

    /// <summary>Timestamp of a record: its own, or the leader's.</summary>
    public long TimestampOf(int record) =>
        (Info.Attributes & BatchAttributes.LogAppendTime) != 0 ? Info.MaxTimestampMs : Batch.Timestamps[record];
}
