using System.Buffers.Binary;
using Actors.Kafka.Listener;
using Actors.Kafka.Wire;
using Actors.Model.Leases;
using Actors.Net.Transports;
using Actors.Tests.Model;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Actors.Tests.KafkaListener;

/// <summary>A Kafka listener over in-memory transports and a fake node.</summary>
internal sealed class KafkaHarness : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public KafkaHarness(KafkaListenerOptions? options = null, ILoggerFactory? loggers = null)
    {
        Time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000));
        Node = new FakeNode(Pool);
        Listener = new Actors.Kafka.Listener.KafkaListener(
            options ?? new KafkaListenerOptions(), Node, Node, Node, new GzipInflater(), Pool, Time,
            loggers ?? NullLoggerFactory.Instance, Groups);
    }

    public LeasePool Pool { get; } = new();
    public FakeTimeProvider Time { get; }
    public FakeNode Node { get; }
    public FakeGroups Groups { get; } = new();
    public Actors.Kafka.Listener.KafkaListener Listener { get; }

    public KafkaTestClient Connect(int windowBytes = 64 << 20)
    {
        var transport = new InMemoryTransport(windowBytes);
        return new KafkaTestClient(Listener.Accept(transport), transport.Client);
    }

    public ValueTask DisposeAsync() => Listener.DisposeAsync();
}

/// <summary>A client that writes and reads Kafka's frames itself.</summary>
internal sealed class KafkaTestClient(KafkaConnection connection, InMemoryClient client)
{
    private readonly Queue<(KafkaApiVersions Api, short Version, int CorrelationId)> _sent = new();
    private int _correlationId;

    public KafkaConnection Connection => connection;
    public InMemoryClient Raw => client;

    public void Send<TRequest>(TRequest request, short version, Func<int, ReadOnlyMemory<byte>>? records = null, bool answered = true)
        where TRequest : IKafkaMessage<TRequest>
    {
        var frame = Frame(request, version, ++_correlationId, records);
        if (answered)
        {
            KafkaApis.TryGet((short)TRequest.Api, out var api);
            _sent.Enqueue((api, version, _correlationId));
        }

        client.Send(frame);
    }

    public static byte[] Frame<TRequest>(
        TRequest request, short version, int correlationId, Func<int, ReadOnlyMemory<byte>>? records = null, string? clientId = "test")
        where TRequest : IKafkaMessage<TRequest>
    {
        Assert.True(KafkaApis.TryGet((short)TRequest.Api, out var api));
        using var writer = new KafkaWriter();
        var mark = writer.BeginFrame();
        RequestHeader.Write(writer, api, version, correlationId, clientId);
        request.Write(writer, version);
        writer.EndFrame(mark);
        return writer.ToArray(records ?? (_ => default));
    }

    public async Task<TResponse> Receive<TResponse>()
        where TResponse : IKafkaMessage<TResponse>
    {
        var (message, _) = await ReceiveWithFrame<TResponse>();
        return message;
    }

    public async Task<(TResponse Message, byte[] Frame)> ReceiveWithFrame<TResponse>()
        where TResponse : IKafkaMessage<TResponse>
    {
        var frame = await ReceiveFrame();
        var (api, version, correlationId) = _sent.Dequeue();
        Assert.Equal(TResponse.Api, api.Api);
        return (Read<TResponse>(frame, api, version, correlationId), frame);
    }

    public async Task<TResponse> Ask<TRequest, TResponse>(TRequest request, short version, Func<int, ReadOnlyMemory<byte>>? records = null)
        where TRequest : IKafkaMessage<TRequest>
        where TResponse : IKafkaMessage<TResponse>
    {
        Send(request, version, records);
        return await Receive<TResponse>();
    }

    public async Task<byte[]> ReceiveFrame()
    {
        using var patience = new CancellationTokenSource(KafkaHarness.Patience);
        var length = new byte[4];
        await client.ReceiveExactlyAsync(length, patience.Token);
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await client.ReceiveExactlyAsync(frame, patience.Token);
        return frame;
    }

    public async Task WaitForClose()
    {
        using var patience = new CancellationTokenSource(KafkaHarness.Patience);
        await client.WaitForCloseAsync(patience.Token);
    }

    public Task<ProduceResponse> Produce(string topic, int partition, byte[] batch, short version = 9, short acks = -1)
    {
        SendProduce(topic, partition, batch, version, acks);
        return Receive<ProduceResponse>();
    }

    public void SendProduce(string topic, int partition, byte[] batch, short version = 9, short acks = -1, Guid topicId = default) =>
        Send(ProduceOf(topic, partition, batch, acks, topicId), version, _ => batch, acks != 0);

    public static ProduceRequest ProduceOf(string topic, int partition, byte[] batch, short acks = -1, Guid topicId = default) => new()
    {
        Acks = acks,
        TimeoutMs = 30_000,
        TopicData =
        [
            new()
            {
                Name = topic, TopicId = topicId,
                PartitionData = [new() { Index = partition, Records = new WireRange(0, batch.Length) }],
            },
        ],
    };

    public static TResponse Read<TResponse>(byte[] frame, KafkaApiVersions api, short version, int correlationId)
        where TResponse : IKafkaMessage<TResponse>
    {
        var reader = new KafkaReader(frame);
        Assert.Equal(correlationId, ResponseHeader.Read(ref reader, api, version));
        var message = TResponse.Read(ref reader, version);
        reader.EnsureEnd();
        return message;
    }
}
