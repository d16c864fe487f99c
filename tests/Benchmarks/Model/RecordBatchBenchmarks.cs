using Actors.Model.Records;
using BenchmarkDotNet.Attributes;

namespace Benchmarks.Model;

/// <summary>What one produced batch costs before it is written: header, validation, stamp.</summary>
[MemoryDiagnoser]
public class RecordBatchBenchmarks
{
    private byte[] _batch = [];

    [Params(170, 65_536, 262_144)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Fill() => _batch = SampleBatches.Of(Bytes);

    [Benchmark]
    public RecordBatchInfo ReadInfo() => RecordBatch.ReadInfo(_batch);

    [Benchmark]
    public bool HasValidCrc() => RecordBatch.HasValidCrc(_batch);

    [Benchmark]
    public RecordBatchInfo Validate() => SampleBatches.Validate(_batch);

    [Benchmark]
    public void Stamp() => RecordBatch.Stamp(_batch, 4_711, 3);
}
