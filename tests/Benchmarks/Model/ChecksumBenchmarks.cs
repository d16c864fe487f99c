using Actors.Model;
using BenchmarkDotNet.Attributes;

namespace Benchmarks.Model;

/// <summary>CRC-32C at the sizes of batches, from one small record to a large batch.</summary>
[MemoryDiagnoser]
public class ChecksumBenchmarks
{
    private byte[] _bytes = [];

    [Params(170, 1_151, 10_227, 65_447, 262_127)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _bytes = new byte[Bytes];
        new Random(1).NextBytes(_bytes);
    }

    [Benchmark]
    public uint Compute() => Crc32C.Compute(_bytes);
}
