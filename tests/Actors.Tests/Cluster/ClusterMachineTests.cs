using System.Buffers.Binary;
using Actors.Cluster;
using Actors.Cluster.Catalog;
using Actors.Cluster.Commands;
using Actors.Cluster.Snapshots;
using Actors.Model;
using Actors.Model.Machines;
using Actors.Model.Topics;

namespace Actors.Tests.Cluster;

public sealed class ClusterMachineTests
{
    [Fact]
    public void A_topic_is_created_at_its_place_and_told()
    {
        var log = ClusterLog.WithNodes(1);
        var outcome = log.Append(ClusterLog.Topic("orders", 3), producerId: 1);
        Assert.Equal(ErrorCode.None, outcome.Error);
        Assert.Equal(3, outcome.Topic!.Partitions.Length);
        Assert.Equal(new Zxid((1L << 32) | 2), outcome.Topic.Created);
        Assert.Equal(1, outcome.Topic.Description.Partitions[2].LeaderId);
        var told = Assert.Single(log.Events.ToArray());
        Assert.Null(told.Before);
        Assert.Same(outcome.Topic, told.After);
    }

    [Theory]
    [InlineData("", ErrorCode.InvalidTopicException)]
    [InlineData("..", ErrorCode.InvalidTopicException)]
    [InlineData("a/b", ErrorCode.InvalidTopicException)]
    [InlineData("there.is_one", ErrorCode.TopicAlreadyExists)]
    [InlineData("there_is.one", ErrorCode.InvalidTopicException)]
    public void A_bad_name_is_refused(string name, ErrorCode error)
    {
        var log = ClusterLog.WithNodes(1);
        log.Append(ClusterLog.Topic("there.is_one"));
        var outcome = log.Append(ClusterLog.Topic(name) with { TopicId = ClusterLog.IdOf("other") });
        Assert.Equal(error, outcome.Error);
        Assert.NotNull(outcome.Message);
        Assert.Equal(0, log.Events.Length);
        Assert.Equal(1, log.Machine.Catalog.TopicCount);
    }

    [Fact]
    public void Bad_counts_factors_settings_and_ids_are_refused()
    {
        var log = ClusterLog.WithNodes(2);
        Assert.Equal(ErrorCode.InvalidPartitions, log.Append(ClusterLog.Topic("a", 0)).Error);
        Assert.Equal(ErrorCode.InvalidPartitions, log.Append(ClusterLog.Topic("a", -1)).Error);
        Assert.Equal(ErrorCode.PolicyViolation, log.Append(ClusterLog.Topic("a", 10_001)).Error);
        Assert.Equal(ErrorCode.InvalidReplicationFactor, log.Append(ClusterLog.Topic("a", 1, 0)).Error);
        var three = log.Append(ClusterLog.Topic("a", 1, 3));
        Assert.Equal(ErrorCode.InvalidReplicationFactor, three.Error);
        Assert.Contains("only 2 broker(s) are registered", three.Message, StringComparison.Ordinal);
        var config = log.Append(ClusterLog.Topic("a") with { Configs = new Dictionary<string, string> { ["no.such"] = "1" } });
        Assert.Equal(ErrorCode.InvalidConfig, config.Error);
        Assert.Contains("no.such", config.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.InvalidRequest, log.Append(ClusterLog.Topic("a") with { TopicId = Guid.Empty }).Error);
        Assert.Equal(0, log.Machine.Catalog.TopicCount);
    }

    [Fact]
    public void Assignments_are_taken_as_given_or_refused()
    {
        var log = ClusterLog.WithNodes(3);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Create([[1, 9]]));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Create([[1, 1]]));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Create([[1], []]));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Create([[1], [1, 2]]));
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Create([]));
        Assert.Equal(ErrorCode.None, Create([[3, 1], [2, 3]]));
        Assert.True(log.Machine.Catalog.TryGetTopic("a", out var topic));
        Assert.Equal((3, 2), (topic.Partitions[0].LeaderId, topic.Partitions[1].LeaderId));

        ErrorCode Create(int[][] assignments) => log.Append(ClusterLog.Topic("a", -1, -1) with { Assignments = assignments }).Error;
    }

    [Fact]
    public void Partitions_go_where_there_are_fewest()
    {
        var log = ClusterLog.WithNodes(3);
        log.Append(ClusterLog.Topic("a", -1, -1) with { Assignments = [[1], [1], [1]] });
        log.Append(ClusterLog.Topic("b", 6, 2));
        var placed = log.Machine.Catalog.Topics.SelectMany(t => t.Partitions).ToArray();
        for (var node = 1; node <= 3; node++)
        {
            Assert.Equal(5, placed.Count(p => p.Replicas.Contains(node)));
            Assert.Equal(3, placed.Count(p => p.LeaderId == node));
        }
    }

    [Fact]
    public void The_number_of_partitions_only_rises()
    {
        var log = ClusterLog.WithNodes(1);
        log.Append(ClusterLog.Topic("a", 2));
        Assert.Equal(ErrorCode.InvalidPartitions, Extend("a", 2).Error);
        Assert.Equal(ErrorCode.InvalidPartitions, Extend("a", 1).Error);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Extend("b", 3).Error);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Extend("a", 4, [[1]]).Error);
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, Extend("a", 3, [[2]]).Error);
        Assert.Equal(5, Extend("a", 5).Topic!.Partitions.Length);
        Assert.Equal(6, Extend("a", 6, [[1]]).Topic!.Partitions.Length);
        Assert.Equal(6, log.Machine.Catalog.PartitionCount);

        CommandOutcome Extend(string topic, int count, int[][]? assignments = null) =>
            log.Append(new CreatePartitions { Topic = topic, TotalCount = count, Assignments = assignments });
    }

    [Fact]
    public void A_topic_created_again_is_another_topic()
    {
        var log = ClusterLog.WithNodes(1);
        log.Append(ClusterLog.Topic("a"));
        Assert.Equal(ErrorCode.None, log.Append(new DeleteTopic(ClusterLog.IdOf("a"))).Error);
        Assert.Equal(ErrorCode.UnknownTopicId, log.Append(new DeleteTopic(ClusterLog.IdOf("a"))).Error);
        Assert.Equal(ErrorCode.None, log.Append(ClusterLog.Topic("a") with { TopicId = ClusterLog.IdOf("again") }).Error);
        Assert.False(log.Machine.Catalog.TryGetTopic(ClusterLog.IdOf("a"), out _));
    }

    [Fact]
    public void A_start_of_a_node_raises_the_epoch_of_all_it_leads_in_one_record()
    {
        var log = ClusterLog.WithNodes(2);
        log.Append(ClusterLog.Topic("a", -1, -1) with { Assignments = [[1], [2], [1]] });
        log.Append(ClusterLog.Topic("b", -1, -1) with { Assignments = [[2]] });
        log.Append(ClusterLog.Node(1, 2));
        Assert.Equal([1, 0, 1], Partitions(log, "a").Select(p => p.LeaderEpoch));
        Assert.Equal([0], Partitions(log, "b").Select(p => p.LeaderEpoch));
        Assert.Equal([ClusterEventKind.Node, ClusterEventKind.Topic], log.Events.ToArray().Select(e => e.Kind));
    }

    [Fact]
    public void A_fresh_process_leaves_the_in_sync_set_unless_it_is_alone_in_it()
    {
        var log = ClusterLog.WithNodes(3);
        log.Append(ClusterLog.Topic("a", -1, -1) with { Assignments = [[1, 2, 3], [2, 1, 3]] });
        log.Append(ClusterLog.Node(1, 2));
        var partitions = Partitions(log, "a");
        Assert.Equal((2, 1), (partitions[0].LeaderId, partitions[0].LeaderEpoch));
        Assert.Equal([2, 3], partitions[0].InSync);
        Assert.Equal((2, 0), (partitions[1].LeaderId, partitions[1].LeaderEpoch));
        Assert.Equal([2, 3], partitions[1].InSync);
        log.Append(ClusterLog.Node(2, 2));
        log.Append(ClusterLog.Node(3, 2));
        Assert.Equal((3, 3), (Partitions(log, "a")[0].LeaderId, Partitions(log, "a")[0].LeaderEpoch));
        Assert.Equal([3], Partitions(log, "a")[0].InSync);
    }

    [Fact]
    public void An_older_start_another_storage_and_another_cluster_are_refused()
    {
        var log = ClusterLog.WithNodes(1);
        log.Append(ClusterLog.Node(1, 5));
        Assert.Equal(ErrorCode.StaleBrokerEpoch, log.Append(ClusterLog.Node(1, 5)).Error);
        Assert.Equal(ErrorCode.StaleBrokerEpoch, log.Append(ClusterLog.Node(1, 4)).Error);
        Assert.Equal(ErrorCode.DuplicateBrokerRegistration, log.Append(ClusterLog.Node(1, 6) with { StorageId = Guid.Empty }).Error);
        Assert.Equal(ErrorCode.InconsistentClusterId, log.Append(ClusterLog.Node(1, 6) with { ClusterId = "other" }).Error);
        Assert.Equal(ErrorCode.UnsupportedVersion, log.Append(ClusterLog.Node(1, 6) with { MinFeatureLevel = 2 }).Error);
    }

    [Fact]
    public void Commands_of_an_older_start_do_nothing()
    {
        var log = ClusterLog.WithNodes(1);
        Assert.Equal(ErrorCode.None, log.Append(ClusterLog.Topic("a"), producerId: 1).Error);
        log.Append(ClusterLog.Node(1, 2));
        Assert.Equal(ErrorCode.StaleBrokerEpoch, log.Append(ClusterLog.Topic("b"), producerId: 1).Error);
        Assert.Equal(ErrorCode.None, log.Append(ClusterLog.Topic("b"), producerId: 3).Error);
    }

    [Fact]
    public void Blocks_of_producer_ids_never_overlap()
    {
        var log = ClusterLog.WithNodes(1);
        Assert.Equal(0, log.Append(new AllocateProducerIds(1, 1000)).FirstProducerId);
        Assert.Equal(1000, log.Append(new AllocateProducerIds(2, 500)).FirstProducerId);
        Assert.Equal(1500, log.Append(new AllocateProducerIds(1, 1000)).FirstProducerId);
    }

    [Fact]
    public void Settings_change_all_together_or_not_at_all()
    {
        var log = ClusterLog.WithNodes(1);
        log.Append(ClusterLog.Topic("a") with { Configs = new Dictionary<string, string> { ["retention.ms"] = "5" } });
        Assert.Equal(ErrorCode.InvalidConfig, Change(false, new("flush.messages", ConfigOperation.Set, "7"), new("x", ConfigOperation.Set, "7")).Error);
        Assert.Equal(["retention.ms=5"], Configs());
        Change(false, new("flush.messages", ConfigOperation.Set, "7"), new("cleanup.policy", ConfigOperation.Append, "compact"));
        Assert.Equal(["cleanup.policy=delete,compact", "flush.messages=7", "retention.ms=5"], Configs());
        Change(false, new("retention.ms", ConfigOperation.Delete, null), new("cleanup.policy", ConfigOperation.Subtract, "delete"));
        Assert.Equal(["cleanup.policy=compact", "flush.messages=7"], Configs());
        Change(true, new ConfigChange("retention.ms", ConfigOperation.Set, "9"));
        Assert.Equal(["retention.ms=9"], Configs());

        CommandOutcome Change(bool all, params ConfigChange[] changes) =>
            log.Append(new ChangeTopicConfigs { Topic = "a", ReplaceAll = all, Changes = changes });

        IEnumerable<string> Configs() => log.Machine.Catalog.Topics.Single().Configs.Select(c => $"{c.Key}={c.Value}").Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Checking_a_command_changes_nothing()
    {
        var log = ClusterLog.WithNodes(1);
        var digest = log.Machine.Catalog.Digest;
        Assert.Equal(ErrorCode.None, log.Machine.Check(ClusterLog.Topic("a", 2)).Error);
        Assert.Equal(ErrorCode.InvalidPartitions, log.Machine.Check(ClusterLog.Topic("a", 0)).Error);
        Assert.Equal(digest, log.Machine.Catalog.Digest);
        Assert.Equal(0, log.Machine.Catalog.TopicCount);
    }

    [Fact]
    public void A_zxid_counts_from_the_start_of_its_epoch()
    {
        var log = ClusterLog.WithNodes(1);
        Assert.Equal(new Zxid((1L << 32) | 1), log.Machine.LastZxid);
        log.Append(new EpochStart(1, 2));
        Assert.Equal(new Zxid(2L << 32), log.Machine.LastZxid);
        log.Append(new AllocateProducerIds(1, 1));
        Assert.Equal("0x200000001", log.Machine.LastZxid.ToString());
    }

    [Fact]
    public void A_malformed_command_is_an_outcome_and_an_unknown_one_a_stop()
    {
        var log = ClusterLog.WithNodes(1);
        Assert.Equal(ErrorCode.InvalidRequest, log.Append([4, 1, 0]).Error);
        Assert.Equal(3, log.Machine.AppliedEnd);
        Assert.Throws<ClusterLogException>(() => log.Append([4, 9, 0]));
        Assert.Throws<ClusterLogException>(() => log.Append([99, 1]));
        Assert.Equal(3, log.Machine.AppliedEnd);
        Effects<ClusterEvent> events = default;
        Assert.Throws<ClusterLogException>(() => log.Machine.Apply([1, 1, 0, 0, 0, 1, 0, 0, 0, 1], new CommandPlace(7, 0, -1), ref events));
    }

    [Fact]
    public void A_damaged_snapshot_is_never_loaded()
    {
        var log = ClusterLog.WithNodes(2);
        log.Append(ClusterLog.Topic("a", 2, 2));
        var bytes = log.Machine.TakeSnapshot().Encode();
        Assert.NotNull(ClusterSnapshot.TryLoad(bytes, out _));
        for (var i = 0; i < bytes.Length; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[i] ^= 0x10;
            Assert.Null(ClusterSnapshot.TryLoad(damaged, out var reason));
            Assert.NotNull(reason);
            Assert.Null(ClusterSnapshot.TryLoad(bytes.AsSpan(0, i), out _));
        }
    }

    [Fact]
    public void A_snapshot_from_before_the_tree_is_still_read()
    {
        var log = ClusterLog.WithNodes(1);
        log.Append(ClusterLog.Topic("a"));
        var bytes = Convert.FromHexString(
            "414354534E415000" + "0001" + "0000000000000003" + "0000000100000002" + "000000000000001E" + "00000001" + "0000000000000000" + "00000001"
            + "845B69339B9A930B"
            + "01" + "00000021" + "1741414141414141414141414141414141414141414141" + "0001" + "0000000000000000"
            + "02" + "0000003C" + "01" + "00000001" + "00000001000000000000000000000000" + "0000000000000001" + "0000000000000001"
            + "06302E312E30" + "0001" + "0001" + "00" + "01" + "066B61666B61" + "01" + "00002384"
            + "03" + "00000035" + "01" + Convert.ToHexString(ClusterLog.IdOf("a").ToByteArray(bigEndian: true)) + "0261" + "00" + "0000000100000002" + "00"
            + "01" + "00000001" + "00000000" + "00000000" + "01" + "00000001" + "01" + "00000001" + "00"
            + "00" + "00000000");
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(bytes.Length - 4), Crc32C.Compute(bytes.AsSpan(0, bytes.Length - 4)));
        var machine = ClusterSnapshot.TryLoad(bytes, out var reason);
        Assert.True(machine is not null, reason);
        Assert.Equal(log.Machine.Digest, machine.Digest);
        Assert.Equal((log.Machine.AppliedEnd, log.Machine.LastZxid), (machine.AppliedEnd, machine.LastZxid));
    }

    private static PartitionState[] Partitions(ClusterLog log, string topic) =>
        log.Machine.Catalog.TryGetTopic(topic, out var found) ? [.. found.Partitions] : [];
}
