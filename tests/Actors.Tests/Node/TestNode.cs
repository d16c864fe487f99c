using Actors.Cluster.Commands;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Node.Cluster;
using Actors.Storage.Devices;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Tests.Node;

/// <summary>A cluster host over a real directory, which can be stopped, copied as a crash would leave it, and started again.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private readonly bool _ownsDirectory;

    private TestNode(string directory, bool ownsDirectory, ClusterHost host)
    {
        Directory = directory;
        _ownsDirectory = ownsDirectory;
        Host = host;
    }

    public string Directory { get; }

    public ClusterHost Host { get; }

    public ICatalog Catalog => Host.Catalog;

    public ICatalogCommands Commands => Host.Commands;

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static string NewDirectory() => System.IO.Directory.CreateTempSubdirectory("actors-node-").FullName;

    public static async Task<TestNode> StartAsync(
        string? directory = null, Func<ClusterHostOptions, ClusterHostOptions>? configure = null, ICatalogObserver? observer = null,
        IStorageDevice? device = null, int nodeId = 1)
    {
        var path = directory ?? NewDirectory();
        device ??= new PosixStorageDevice();
        var identity = NodeIdentity.Begin(device, path, nodeId);
        var options = new ClusterHostOptions { DataDirectory = path, Endpoints = [new NodeEndpoint(NodeEndpoint.Kafka, "", 9092)] };
        var host = new ClusterHost(
            configure?.Invoke(options) ?? options, identity, device, new LeasePool(), TimeProvider.System, NullLoggerFactory.Instance);
        if (observer is not null)
        {
            host.Subscribe(observer);
        }

        var node = new TestNode(path, directory is null, host);
        try
        {
            await host.StartAsync(Cancel);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    public static NewTopic Topic(string name, int partitions = 1) => new() { Name = name, PartitionCount = partitions, ReplicationFactor = 1 };

    /// <summary>The directory as a crash of the process at this moment would leave it.</summary>
    public string CopyAsCrashed()
    {
        var copy = NewDirectory();
        foreach (var folder in System.IO.Directory.EnumerateDirectories(Directory, "*", SearchOption.AllDirectories))
        {
            System.IO.Directory.CreateDirectory(folder.Replace(Directory, copy, StringComparison.Ordinal));
        }

        foreach (var file in System.IO.Directory.EnumerateFiles(Directory, "*", SearchOption.AllDirectories))
        {
            if (Path.GetExtension(file) == ".lock")
            {
                continue; // held by the process that did not crash
            }

            try
            {
                File.Copy(file, file.Replace(Directory, copy, StringComparison.Ordinal));
            }
            catch (FileNotFoundException)
            {
                // Renamed or deleted under the copy: the new name is copied, or was.
            }
        }

        return copy;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        if (_ownsDirectory && System.IO.Directory.Exists(Directory))
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }
}
