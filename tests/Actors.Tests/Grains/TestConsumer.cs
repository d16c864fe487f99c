using System.Threading.Channels;
using Actors.Abstractions;
using Actors.Client;

namespace Actors.Tests.Grains;

/// <summary>A consumer that reads in the background; what it was given and told is a queue the test waits for.</summary>
internal sealed class TestConsumer : IAsyncDisposable
{
    private readonly Channel<(string What, IReadOnlyList<PartitionKey> Partitions)> _told =
        Channel.CreateUnbounded<(string, IReadOnlyList<PartitionKey>)>();

    private readonly Channel<ConsumedRecord> _read = Channel.CreateUnbounded<ConsumedRecord>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<ConsumedRecord, Task> _handle;

    public TestConsumer(
        ActorsClient client, string group, string topic, Action<GroupConsumerOptions>? change = null, Func<ConsumedRecord, Task>? handle = null)
    {
        var options = new GroupConsumerOptions
        {
            OffsetReset = OffsetReset.Earliest,
            SessionTimeout = TimeSpan.FromSeconds(30),
            HeartbeatInterval = TimeSpan.FromMilliseconds(30),
            AutoCommitInterval = TimeSpan.FromMilliseconds(50),
            PartitionsAssigned = (_, p, _) => Tell("assigned", p),
            PartitionsRevoked = (_, p, _) => Tell("revoked", p),
            PartitionsLost = (_, p, _) => Tell("lost", p),
        };
        change?.Invoke(options);
        _handle = handle ?? (_ => Task.CompletedTask);
        Consumer = client.Group(group).Subscribe([topic], options);
        Reading = Task.Run(ReadAsync);
    }

    public GroupConsumer Consumer { get; }

    /// <summary>The end of its loop.</summary>
    public Task Reading { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The next thing it is told, with the partitions' numbers.</summary>
    public async Task<string> ToldAsync()
    {
        var (what, partitions) = await _told.Reader.ReadAsync(Cancel);
        return $"{what} {string.Join(',', partitions.Select(p => p.Partition).Order())}";
    }

    /// <summary>Waits until it is told this; what comes before does not count.</summary>
    public async Task UntilToldAsync(string what)
    {
        while (await ToldAsync() != what)
        {
        }
    }

    /// <summary>Waits until it has a part of the partitions; answers which.</summary>
    public async Task<string> UntilSharedAsync()
    {
        while (true)
        {
            if (await ToldAsync() is "assigned 0,1" or "assigned 2,3" && Consumer.Partitions is { Count: 2 } part)
            {
                return $"assigned {string.Join(',', part.Select(p => p.Partition).Order())}";
            }
        }
    }

    /// <summary>The values of the next records it is given.</summary>
    public async Task<List<string>> ReadAsync(int count)
    {
        var values = new List<string>();
        while (values.Count < count)
        {
            values.Add((await _read.Reader.ReadAsync(Cancel)).ValueText!);
        }

        return values;
    }

    /// <summary>Leaves its loop as a cancelled service does; the consumer stays open.</summary>
    public async Task StopReadingAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Reading);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Reading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await Consumer.DisposeAsync();
        _stop.Dispose();
    }

    private ValueTask Tell(string what, IReadOnlyList<PartitionKey> partitions) => _told.Writer.WriteAsync((what, partitions), Cancel);

    private async Task ReadAsync()
    {
        await foreach (var record in Consumer.ReadAllAsync(_stop.Token))
        {
            _read.Writer.TryWrite(record);
            await _handle(record);
        }
    }
}
