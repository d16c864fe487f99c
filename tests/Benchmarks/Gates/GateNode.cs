using Actors.Kafka.Listener;
using Actors.Kafka.Wire;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Node.Cluster;
using Actors.Node.Partitions;
using Actors.Storage;
using Actors.Storage.Codecs;
using Actors.Storage.Devices;
using Microsoft.Extensions.Logging.Abstractions;

namespace Benchmarks.Gates;

/// <summary>A node in a temporary directory, from the Kafka listener down to the real disk, without a socket.</summary>
internal sealed class GateNode : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("actors-gate-").FullName;
    private readonly List<GateTransport> _transports = [];
    private readonly ClusterHost _cluster;
    private readonly LocalPartitions _partitions;
    private readonly KafkaListener _kafka;

    public GateNode()
    {
        var device = new PosixStorageDevice();
        var leases = new LeasePool();
        var logs = Directory.CreateDirectory(Path.Combine(_folder, "logs")).FullName;
        _cluster = new ClusterHost(
            new ClusterHostOptions { DataDirectory = _folder }, NodeIdentity.Begin(device, _folder, 1), device, leases, TimeProvider.System,
            NullLoggerFactory.Instance);
        _partitions = new LocalPartitions(
            device, new LogDirectoryOptions { Path = logs }, _cluster.Catalog, leases, TimeProvider.System, NullLoggerFactory.Instance);
        _cluster.Subscribe(_partitions);
        _cluster.StartAsync(CancellationToken.None).GetAwaiter().GetResult();
        _kafka = new KafkaListener(
            new KafkaListenerOptions(), _partitions, _cluster.Catalog, _cluster.Commands, new BatchInflater(), leases, TimeProvider.System,
            NullLoggerFactory.Instance);
    }

    /// <summary>A topic of one partition.</summary>
    public TopicDescription NewTopic(string name)
    {
        var topic = new NewTopic { Name = name, PartitionCount = 1, ReplicationFactor = 1 };
        return _cluster.Commands.CreateTopicAsync(topic, CancellationToken.None).AsTask().GetAwaiter().GetResult().Topic
            ?? throw new InvalidOperationException($"the topic {name} was not created");
    }

    public GateTransport Connect()
    {
        var transport = new GateTransport();
        _transports.Add(transport);
        _kafka.Accept(transport);
        return transport;
    }

    /// <summary>A request as bytes, with its length in front.</summary>
    public static byte[] Frame<TRequest>(TRequest request, short version, byte[]? records = null)
        where TRequest : IKafkaMessage<TRequest>
    {
        if (!KafkaApis.TryGet((short)TRequest.Api, out var api))
        {
            throw new InvalidOperationException($"{TRequest.Api} is not served");
        }

        using var writer = new KafkaWriter();
        var mark = writer.BeginFrame();
        RequestHeader.Write(writer, api, version, 1, "gate");
        request.Write(writer, version);
        writer.EndFrame(mark);
        return writer.ToArray(_ => records);
    }

    /// <summary>Ends the node and deletes what it wrote.</summary>
    public void Dispose()
    {
        _kafka.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _partitions.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _cluster.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _transports.ForEach(t => t.Dispose());
        Directory.Delete(_folder, recursive: true);
    }
}
