namespace SampleGrains;

/// <summary>Ordinary Orleans grain state. "logs" is the storage of the node: every write is a synced record of a log.</summary>
[GrainType("samples.counter")]
public sealed class CounterGrain([PersistentState("counter", "logs")] IPersistentState<CounterState> counter) : Grain, ICounterGrain
{
    /// <inheritdoc/>
    public async Task<long> AddAsync(long by)
    {
        counter.State.Sum += by;
        await counter.WriteStateAsync();
        return counter.State.Sum;
    }

    /// <inheritdoc/>
    public Task<long> GetAsync() => Task.FromResult(counter.State.Sum);
}
