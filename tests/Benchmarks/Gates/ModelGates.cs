using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Records;

namespace Benchmarks.Gates;

/// <summary>What every produced batch goes through in Model.</summary>
internal static class ModelGates
{
    private const int LargeBytes = 256 * 1024;

    public static IEnumerable<AllocationGate> All =>
    [
        new("a checksum allocates nothing", 0, () =>
        {
            var batch = SampleBatches.Of(LargeBytes);
            return () => Crc32C.Compute(batch);
        }),
        new("reading a batch's header allocates nothing", 0, () =>
        {
            var batch = SampleBatches.Of(LargeBytes);
            return () => RecordBatch.ReadInfo(batch);
        }),
        new("stamping a batch allocates nothing", 0, () =>
        {
            var batch = SampleBatches.Of(LargeBytes);
            return () => RecordBatch.Stamp(batch, 4_711, 3);
        }),
        new("stamping a batch with the append time allocates nothing", 0, () =>
        {
            var batch = SampleBatches.Of(LargeBytes);
            return () => RecordBatch.StampAppendTime(batch, SampleBatches.TimestampMs);
        }),
        new("validating a batch of thousands of records allocates nothing", 0, () =>
        {
            var batch = SampleBatches.Of(LargeBytes);
            return () => SampleBatches.Validate(batch);
        }, Operations: 1_000),
        new("renting, slicing and releasing a lease allocates nothing", 0, () =>
        {
            var pool = new LeasePool();
            return () =>
            {
                var lease = pool.TryRent(LargeBytes)!;
                var slice = lease.Slice(61, 1_000);
                slice.AddReference();
                lease.Release();
                slice.Release();
            };
        }),
    ];
}
