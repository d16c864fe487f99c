using System.Buffers.Binary;
using Actors.Abstractions;
using Actors.Model.Records;

namespace Actors.Client;

/// <summary>Marks a batch as an idempotent producer's.</summary>
internal static class ProducerStamp
{
    /// <summary>A copy with identity and sequence: the array given may still be held by a call.</summary>
    public static byte[] Of(byte[] batch, ProducerInfo producer, int baseSequence)
    {
        var stamped = batch.ToArray();
        BinaryPrimitives.WriteInt64BigEndian(stamped.AsSpan(RecordBatch.ProducerIdAt), producer.ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(stamped.AsSpan(RecordBatch.ProducerEpochAt), producer.ProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(stamped.AsSpan(RecordBatch.BaseSequenceAt), baseSequence);
        RecordBatch.WriteCrc(stamped);
        return stamped;
    }
}
