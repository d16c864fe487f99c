using System.Diagnostics;
using Confluent.Kafka;
using Conformance.Clients;
using Conformance.Fixtures;

namespace Conformance.Hostile;

/// <summary>
/// An innocent producer that works while others misbehave: one record after the other, each acknowledged. At the end none may have
/// failed, none may be missing, and none may have waited long.
/// </summary>
public sealed class HealthyClient : IAsyncDisposable
{
    private readonly string _bootstrap;
    private readonly string _topic;
    private readonly IProducer<string?, byte[]> _producer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _working;
    private int _sent;
    private TimeSpan _longest;

    private HealthyClient(string bootstrap, string topic)
    {
        _bootstrap = bootstrap;
        _topic = topic;
        _producer = ConfluentClients.Producer(bootstrap, c =>
        {
            c.LingerMs = 0;
            c.MessageSendMaxRetries = 0; // a retry would hide that something went wrong
        });
        _working = Task.Run(WorkAsync);
    }

    public static async Task<HealthyClient> StartAsync(string bootstrap)
    {
        var topic = NodeUnderTest.NewTopic("healthy");
        await ConfluentClients.CreateTopicAsync(bootstrap, topic);
        return new HealthyClient(bootstrap, topic);
    }

    /// <summary>Stops it and checks what it went through.</summary>
    public async Task WasNotDisturbedAsync(TimeSpan longestWait)
    {
        await _stop.CancelAsync();
        await _working; // throws what went wrong
        Assert.True(_sent > 0, "the healthy client got nothing through at all");
        ConfluentProducerTests.AssertNumbered(ConfluentClients.ReadAll(_bootstrap, _topic), _sent);
        Assert.True(_longest < longestWait, $"one of {_sent} records of the healthy client waited {_longest}");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_working);
        _producer.Dispose();
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            await _producer.ProduceAsync(_topic, ConfluentProducerTests.Numbered(_sent));
            var took = Stopwatch.GetElapsedTime(began);
            _longest = _sent > 0 && took > _longest ? took : _longest; // the first one also connects
            _sent++;
        }
    }
}
