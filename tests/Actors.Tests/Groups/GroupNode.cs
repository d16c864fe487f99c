using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Node.Cluster;
using Actors.Node.Groups;
using Actors.Node.Partitions;
using Actors.Storage;
using Actors.Storage.Codecs;
using Actors.Storage.Devices;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Tests.Groups;

/// <summary>A whole node without listeners over a real directory: catalog, partitions, groups. It can be stopped and started again.</summary>
internal sealed class GroupNode : IAsyncDisposable
{
    private readonly ClusterHost _cluster;
    private readonly LocalPartitions _partitions;
    private readonly bool _ownsDirectory;

    private GroupNode(string directory, bool ownsDirectory, GroupHostOptions options)
    {
        Directory = directory;
        _ownsDirectory = ownsDirectory;
        var device = new PosixStorageDevice();
        var leases = new LeasePool();
        _cluster = new ClusterHost(
            new ClusterHostOptions { DataDirectory = directory }, NodeIdentity.Begin(device, directory, 1), device, leases, TimeProvider.System,
            NullLoggerFactory.Instance);
        _partitions = new LocalPartitions(
            device, new LogDirectoryOptions { Path = Path.Combine(directory, "logs") }, _cluster.Catalog, leases, TimeProvider.System,
            NullLoggerFactory.Instance);
        _cluster.Subscribe(_partitions);
        Groups = new GroupHost(
            options, _partitions, _cluster.Catalog, _cluster.Commands, new BatchInflater(), leases, TimeProvider.System,
            NullLoggerFactory.Instance);
        _cluster.Subscribe(Groups);
    }

    public string Directory { get; }

    public GroupHost Groups { get; }

    public ICatalog Catalog => _cluster.Catalog;

    public ICatalogCommands Commands => _cluster.Commands;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<GroupNode> StartAsync(string? directory = null, GroupHostOptions? options = null)
    {
        var path = directory ?? System.IO.Directory.CreateTempSubdirectory("actors-groups-").FullName;
        var node = new GroupNode(path, directory is null, options ?? new GroupHostOptions());
        await node._cluster.StartAsync(Cancel);
        node.Groups.Start();
        return node;
    }

    /// <summary>Asks until the coordinator is loaded, as a client does.</summary>
    public static async Task<TAnswer> AskAsync<TAnswer>(Action<IGroupWaiter<TAnswer>> ask, Func<TAnswer, ErrorCode> error)
    {
        while (true)
        {
            var answer = new Answer<TAnswer>();
            ask(answer);
            var value = await answer.Task;
            if (error(value) != ErrorCode.CoordinatorLoadInProgress)
            {
                return value;
            }

            await Task.Yield();
        }
    }

    public async Task<ErrorCode> CommitAsync(string group, long offset, string topic = "orders", int partition = 0, Guid topicId = default)
    {
        var place = await Groups.FindCoordinatorAsync(group, Cancel);
        Assert.Equal((ErrorCode.None, 1), (place.Error, place.NodeId));
        return (await AskAsync<CommitOffsetsAnswer>(w => Groups.CommitOffsets(Offsets(group, offset, topic, partition, topicId), w, 0), a => a.Error)).Error;
    }

    public async Task<long> ReadAsync(string group, string topic = "orders", int partition = 0)
    {
        var request = new FetchOffsets { GroupId = group, Topics = [new TopicPartitions(topic, [partition])] };
        var answer = await AskAsync<FetchOffsetsAnswer>(w => Groups.FetchOffsets(request, w, 0), a => a.Error);
        Assert.Equal(ErrorCode.None, answer.Error);
        return answer.Topics[0].Offsets[0].Offset;
    }

    public static CommitOffsets Offsets(string group, long offset, string topic = "orders", int partition = 0, Guid topicId = default) => new()
    {
        GroupId = group,
        GenerationId = -1,
        MemberId = "",
        RetentionMs = -1,
        Offsets = new[] { new OffsetToCommit(topic, topicId, partition, offset, -1, null) },
    };

    public async ValueTask DisposeAsync()
    {
        await Groups.DisposeAsync();
        await _partitions.DisposeAsync();
        await _cluster.DisposeAsync();
        if (_ownsDirectory)
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
    }
}
