using Actors.Model.Machines;
using Actors.Model.Ports;
using Actors.Model.Records;
using Actors.Replication.Partitions;

namespace Benchmarks.Gates;

/// <summary>The partition's machine: an append and its way to the high watermark.</summary>
internal static class ReplicationGates
{
    private const int NodeId = 1;

    public static IEnumerable<AllocationGate> All =>
    [
        new("appending a batch and acknowledging it allocates nothing in the machine", 0, () => Append(producerId: -1)),
        new("appending an idempotent producer's batch allocates nothing in the machine", 0, () => Append(producerId: 7)),
    ];

    private static Action Append(long producerId)
    {
        var machine = new PartitionMachine(PartitionSettings.Alone(NodeId), PartitionRecovery.Empty);
        var effects = default(Effects<PartitionEffect>);
        machine.Step(PartitionInput.Lead(1), ref effects);
        var header = RecordBatch.ReadInfo(SampleBatches.Of(16 * 1024));
        var waiter = new Silent();
        var sequence = 0;
        return () =>
        {
            effects.Clear();
            var info = header;
            if (producerId >= 0)
            {
                info = header with { ProducerId = producerId, ProducerEpoch = 0, BaseSequence = sequence };
                sequence = RecordBatchInfo.SequenceAfter(sequence, header.RecordCount);
            }

            machine.Step(
                PartitionInput.Proposed(info, -1, AckMode.All, AppendOrigin.Client, waiter, 1, SampleBatches.TimestampMs), ref effects);
            machine.Step(PartitionInput.Flushed(machine.Offsets.LogEnd, machine.Offsets.LogEnd), ref effects);
            if (machine.Offsets.HighWatermark != machine.Offsets.LogEnd || machine.Offsets.LogEnd == 0)
            {
                throw new InvalidOperationException("the batch was not appended and acknowledged: the gate measures nothing");
            }
        };
    }

    private sealed class Silent : IAppendWaiter
    {
        public bool OnAppended(long token, in AppendOutcome outcome) => false;

        public void Wake()
        {
        }
    }
}
