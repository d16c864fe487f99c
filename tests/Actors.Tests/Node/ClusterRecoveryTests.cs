using Actors.Model;
using Actors.Model.Ports;
using Actors.Node.Cluster;
using Actors.Storage.Devices;

namespace Actors.Tests.Node;

/// <summary>What a start finds, and what it refuses to start on.</summary>
public sealed class ClusterRecoveryTests
{
    private static readonly PosixStorageDevice s_device = new();

    [Fact]
    public async Task Snapshots_are_taken_kept_in_pairs_and_used()
    {
        var directory = TestNode.NewDirectory();
        await using (var node = await StartAsync(directory))
        {
            await CreateAsync(node, 0, 60);
        }

        Assert.Equal(2, Snapshots(directory).Length);
        await using (var again = await StartAsync(directory))
        {
            Assert.Equal(60, again.Catalog.TopicCount);
            Assert.Empty(ClusterHostTests.Findings(again));
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_damaged_snapshot_is_passed_over_and_reported()
    {
        var directory = TestNode.NewDirectory();
        await using (var node = await StartAsync(directory))
        {
            await CreateAsync(node, 0, 60);
        }

        var newest = Snapshots(directory)[^1];
        var bytes = await File.ReadAllBytesAsync(newest, TestNode.Cancel);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(newest, bytes, TestNode.Cancel);
        await using (var again = await StartAsync(directory))
        {
            Assert.Equal(60, again.Catalog.TopicCount);
            Assert.Contains(ClusterHostTests.Findings(again), f => f.Level == HealthLevel.Yellow && f.Reason.Contains(newest, StringComparison.Ordinal));
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_crash_between_snapshots_loses_nothing()
    {
        await using var node = await StartAsync(TestNode.NewDirectory());
        await CreateAsync(node, 0, 35);
        var copy = node.CopyAsCrashed();
        await using (var crashed = await StartAsync(copy))
        {
            Assert.Equal(35, crashed.Catalog.TopicCount);
        }

        Directory.Delete(copy, recursive: true);
        await node.DisposeAsync();
        Directory.Delete(node.Directory, recursive: true);
    }

    [Fact]
    public async Task A_log_that_ends_before_its_snapshot_is_refused()
    {
        var directory = TestNode.NewDirectory();
        await using (var node = await StartAsync(directory))
        {
            await CreateAsync(node, 0, 5);
        }

        Directory.Delete(Path.Combine(directory, NodeIdentity.ClusterFolder, "log"), recursive: true);
        var refusal = await Assert.ThrowsAsync<NodeRefusedException>(() => StartAsync(directory));
        Assert.Contains("snapshot", refusal.Message, StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Another_node_id_is_refused_by_name()
    {
        var directory = TestNode.NewDirectory();
        await using (await StartAsync(directory))
        {
        }

        var refusal = Assert.Throws<NodeRefusedException>(() => NodeIdentity.Begin(s_device, directory, 2));
        Assert.Contains("Actors:NodeId is 2", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("node 1", refusal.Message, StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_lost_or_damaged_identity_beside_data_is_refused()
    {
        var directory = TestNode.NewDirectory();
        await using (await StartAsync(directory))
        {
        }

        var path = Path.Combine(directory, NodeIdentity.FileName);
        await File.WriteAllTextAsync(path, "{\"version\":1,", TestNode.Cancel);
        Assert.Throws<NodeRefusedException>(() => NodeIdentity.Begin(s_device, directory, 1));
        File.Delete(path);
        Assert.Throws<NodeRefusedException>(() => NodeIdentity.Begin(s_device, directory, 1));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void Every_start_counts()
    {
        var directory = TestNode.NewDirectory();
        var first = NodeIdentity.Begin(s_device, directory, 4);
        var second = NodeIdentity.Begin(s_device, directory, 4);
        Assert.Equal(first with { Incarnation = 2 }, second);
        Assert.Equal((4, 1L), (first.NodeId, first.Incarnation));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_directory_of_another_cluster_is_refused()
    {
        var directory = TestNode.NewDirectory();
        await using (await StartAsync(directory))
        {
        }

        var path = Path.Combine(directory, NodeIdentity.FileName);
        var text = await File.ReadAllTextAsync(path, TestNode.Cancel);
        var other = TestNode.NewDirectory();
        var foreign = NodeIdentity.Begin(s_device, other, 1);
        var own = NodeIdentity.Begin(s_device, directory, 1);
        await File.WriteAllTextAsync(path, text.Replace(own.ClusterId, foreign.ClusterId, StringComparison.Ordinal), TestNode.Cancel);
        var refusal = await Assert.ThrowsAsync<NodeRefusedException>(() => StartAsync(directory));
        Assert.Contains(own.ClusterId, refusal.Message, StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
        Directory.Delete(other, recursive: true);
    }

    [Fact]
    public async Task A_disk_that_does_not_sync_stops_the_cluster_log_for_good()
    {
        var directory = TestNode.NewDirectory();
        var device = new FailingDevice();
        await using (var node = await TestNode.StartAsync(directory, device: device))
        {
            Assert.Equal(ErrorCode.None, (await node.Commands.CreateTopicAsync(TestNode.Topic("a"), TestNode.Cancel)).Error);
            device.FailSyncs = true;
            Assert.Equal(ErrorCode.KafkaStorageError, (await node.Commands.CreateTopicAsync(TestNode.Topic("b"), TestNode.Cancel)).Error);
            device.FailSyncs = false;
            Assert.Equal(ErrorCode.KafkaStorageError, (await node.Commands.CreateTopicAsync(TestNode.Topic("c"), TestNode.Cancel)).Error);
            Assert.Contains(ClusterHostTests.Findings(node), f => f.Level == HealthLevel.Red);
            Assert.False(node.Host.IsReady);
        }

        await using (var again = await TestNode.StartAsync(directory))
        {
            Assert.True(again.Catalog.TryGetTopic("a", out _));
        }

        Directory.Delete(directory, recursive: true);
    }

    private static Task<TestNode> StartAsync(string directory) =>
        TestNode.StartAsync(directory, o => o with { SnapshotCommands = 10 });

    private static async Task CreateAsync(TestNode node, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            Assert.Equal(ErrorCode.None, (await node.Commands.CreateTopicAsync(TestNode.Topic($"t{i}"), TestNode.Cancel)).Error);
        }
    }

    private static string[] Snapshots(string directory) =>
        [.. Directory.GetFiles(Path.Combine(directory, NodeIdentity.ClusterFolder, "snapshots"), "*.snapshot").Order(StringComparer.Ordinal)];
}
