using Actors.Model.Records;

namespace Actors.Tests.Replication;

/// <summary>Headers of batches as producers send them.</summary>
internal static class Batches
{
    public static RecordBatchInfo Plain(int count) => new()
    {
        SizeBytes = RecordBatch.HeaderBytes + (count * 10),
        LastOffsetDelta = count - 1,
        RecordCount = count,
        ProducerId = -1,
        ProducerEpoch = -1,
        BaseSequence = -1,
    };

    public static RecordBatchInfo From(long producerId, short epoch, int sequence, int count = 1, long baseOffset = 0) => Plain(count) with
    {
        BaseOffset = baseOffset,
        ProducerId = producerId,
        ProducerEpoch = epoch,
        BaseSequence = sequence,
    };
}
