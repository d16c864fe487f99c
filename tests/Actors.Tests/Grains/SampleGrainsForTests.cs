using System.Text;
using Actors.Abstractions;
using Actors.Grains;
using Orleans;
using Orleans.Runtime;

namespace Actors.Tests.Grains;

[Alias("tests.counter")]
public interface ICounterForTests : IGrainWithStringKey
{
    [Alias("add")]
    Task<int> AddAsync(int by);

    [Alias("get")]
    Task<int> GetAsync();

    [Alias("clear")]
    Task ClearAsync();
}

[Alias("tests.journal")]
public interface IJournalForTests : IGrainWithStringKey
{
    [Alias("write")]
    Task<long> WriteAsync(string line);

    [Alias("read")]
    Task<string[]> ReadAsync();
}

[GenerateSerializer, Alias("tests.count")]
public sealed class Count
{
    [Id(0)] public int Value { get; set; }
}

[GrainType("tests.counter")]
public sealed class CounterForTests([PersistentState("count", "logs")] IPersistentState<Count> count) : Grain, ICounterForTests
{
    public async Task<int> AddAsync(int by)
    {
        count.State.Value += by;
        await count.WriteStateAsync();
        return count.State.Value;
    }

    public Task<int> GetAsync() => Task.FromResult(count.State.Value);

    public Task ClearAsync() => count.ClearStateAsync();
}

[GrainType("tests.journal"), LeaderPlacement]
public sealed class JournalForTests([AppendOnlyLog("logs")] IAppendOnlyLog log) : Grain, IJournalForTests
{
    private readonly List<string> _lines = [];

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await foreach (var record in log.ReadAsync(cancellationToken: cancellationToken))
        {
            _lines.Add(Encoding.UTF8.GetString(record.Value!.Value.Span));
        }
    }

    public async Task<long> WriteAsync(string line)
    {
        var offset = await log.AppendAsync(Encoding.UTF8.GetBytes(line));
        _lines.Add(line);
        return offset;
    }

    public Task<string[]> ReadAsync() => Task.FromResult(_lines.ToArray());
}
