namespace SampleGrains;

/// <summary>Counts; the grain's key is the counter's name.</summary>
[Alias("samples.counter")]
public interface ICounterGrain : IGrainWithStringKey
{
    /// <summary>Adds to the counter and answers the sum once it is durable.</summary>
    [Alias("add")]
    Task<long> AddAsync(long by);

    /// <summary>The sum.</summary>
    [Alias("get")]
    Task<long> GetAsync();
}

/// <summary>The state of a counter, as it is stored.</summary>
[GenerateSerializer, Alias("samples.counter-state")]
public sealed class CounterState
{
    /// <summary>The sum.</summary>
    [Id(0)] public long Sum { get; set; }
}
