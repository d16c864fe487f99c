using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Conformance.Fixtures;
using static Conformance.Clients.ConfluentProducerTests;

namespace Conformance.Clients;

/// <summary>Groups of librdkafka's consumers: eager and cooperative assignors, static members, offsets, and the administrator's view.</summary>
[Collection(SharedNode.Name)]
public sealed class ConfluentGroupTests(NodeUnderTest node)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Explicit = true, Timeout = 180_000)]
    [InlineData(PartitionAssignmentStrategy.Range)]
    [InlineData(PartitionAssignmentStrategy.RoundRobin)]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky)]
    public async Task Members_share_the_partitions_and_hand_them_on(PartitionAssignmentStrategy strategy)
    {
        var topic = NodeUnderTest.NewTopic("cfg-share");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic, partitions: 4);
        using var first = new GroupMember(node.Bootstrap, topic, topic, c => c.PartitionAssignmentStrategy = strategy);
        GroupMember.PollUntil(() => first.Owned.Count == 4, first);
        using (var second = new GroupMember(node.Bootstrap, topic, topic, c => c.PartitionAssignmentStrategy = strategy))
        {
            GroupMember.PollUntil(() => first.Owned.Count == 2 && second.Owned.Count == 2, first, second);
            Assert.Equal([0, 1, 2, 3], first.Owned.Concat(second.Owned).Order());
            Produce(topic, 0, 100);
            GroupMember.PollUntil(() => first.Values.Concat(second.Values).Distinct().Count() == 100, first, second);
            Assert.NotEmpty(second.Values);
            second.Close();
        }

        GroupMember.PollUntil(() => first.Owned.Count == 4, first);
        Produce(topic, 100, 50);
        GroupMember.PollUntil(() => Expected(100, 50).All(first.Values.Contains), first);
        first.Close();
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task A_static_member_comes_back_to_its_partitions_without_a_rebalance()
    {
        var topic = NodeUnderTest.NewTopic("cfg-static");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic, partitions: 2);
        using var steady = new GroupMember(node.Bootstrap, topic, topic, c => c.GroupInstanceId = "steady");
        using (var leaving = new GroupMember(node.Bootstrap, topic, topic, c => c.GroupInstanceId = "coming-back"))
        {
            GroupMember.PollUntil(() => steady.Owned.Count == 1 && leaving.Owned.Count == 1, steady, leaving);
            leaving.Close(); // static members do not leave: the group waits for them
        }

        var assignments = steady.AssignmentCount;
        using var back = new GroupMember(node.Bootstrap, topic, topic, c => c.GroupInstanceId = "coming-back");
        GroupMember.PollUntil(() => back.Owned.Count == 1, steady, back);
        Assert.Equal(assignments, steady.AssignmentCount);

        using var usurper = new GroupMember(node.Bootstrap, topic, topic, c => c.GroupInstanceId = "coming-back");
        GroupMember.PollUntil(() => back.Fatal is not null, steady, back, usurper);
        Assert.Equal(ErrorCode.FencedInstanceId, back.Fatal!.Code);
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task A_pattern_finds_topics_that_are_made_later()
    {
        var prefix = NodeUnderTest.NewTopic("cfg-regex");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, prefix + "-a");
        using var member = new GroupMember(
            node.Bootstrap, prefix, $"^{prefix}-.*", c => (c.TopicMetadataRefreshIntervalMs, c.MetadataMaxAgeMs) = (500, 500));
        GroupMember.PollUntil(() => member.Topics.Contains(prefix + "-a"), member);
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, prefix + "-b");
        GroupMember.PollUntil(() => member.Topics.Contains(prefix + "-b"), member);
        member.Close();
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task Committed_offsets_are_kept_with_their_notes()
    {
        var topic = NodeUnderTest.NewTopic("cfg-commit");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic, partitions: 2);
        Produce(topic, 0, 20);
        using (var consumer = ConfluentClients.Consumer(node.Bootstrap, c => c.GroupId = topic))
        {
            consumer.Commit([new TopicPartitionOffset(topic, 0, 7), new TopicPartitionOffset(topic, 1, 3)]);
        }

        using var again = ConfluentClients.Consumer(node.Bootstrap, c => c.GroupId = topic);
        var partitions = new[] { new TopicPartition(topic, 0), new TopicPartition(topic, 1) };
        Assert.Equal([7, 3], again.Committed(partitions, ConfluentClients.Patience).Select(o => o.Offset.Value));
        using var other = ConfluentClients.Consumer(node.Bootstrap, c => c.GroupId = topic + "-other");
        Assert.All(other.Committed(partitions, ConfluentClients.Patience), o => Assert.Equal(Offset.Unset, o.Offset));
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task An_administrator_sees_resets_and_deletes_groups()
    {
        var topic = NodeUnderTest.NewTopic("cfg-admin");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic, partitions: 2);
        Produce(topic, 0, 20);
        using var admin = ConfluentClients.Admin(node.Bootstrap);
        using (var member = new GroupMember(node.Bootstrap, topic, topic))
        {
            GroupMember.PollUntil(() => member.Values.Distinct().Count() == 20, member);
            var described = (await admin.DescribeConsumerGroupsAsync([topic])).ConsumerGroupDescriptions.Single();
            Assert.Equal((ConsumerGroupState.Stable, "range"), (described.State, described.PartitionAssignor));
            Assert.Equal(2, described.Members.Single().Assignment.TopicPartitions.Count);
            Assert.Contains((await admin.ListConsumerGroupsAsync()).Valid, g => g.GroupId == topic);
            await Assert.ThrowsAsync<DeleteGroupsException>(() => admin.DeleteGroupsAsync([topic]));
            member.Commit();
            member.Close();
        }

        var offsets = (await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(topic, null)])).Single();
        Assert.Equal(20, offsets.Partitions.Sum(p => p.Offset.Value));
        await admin.AlterConsumerGroupOffsetsAsync(
            [new ConsumerGroupTopicPartitionOffsets(topic, [new TopicPartitionOffset(topic, 0, 1)])]);
        await admin.DeleteConsumerGroupOffsetsAsync(topic, [new TopicPartition(topic, 1)]);
        offsets = (await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(topic, null)])).Single();
        Assert.Equal((0, 1L), offsets.Partitions.Select(p => (p.Partition.Value, p.Offset.Value)).Single());
        await admin.DeleteGroupsAsync([topic]);
        Assert.DoesNotContain((await admin.ListConsumerGroupsAsync()).Valid, g => g.GroupId == topic);
    }

    [Fact(Explicit = true, Timeout = 120_000)]
    public async Task Settings_are_changed_one_by_one_and_take_effect()
    {
        var topic = NodeUnderTest.NewTopic("cfg-configs");
        await ConfluentClients.CreateTopicAsync(node.Bootstrap, topic);
        Produce(topic, 0, 1);
        using var admin = ConfluentClients.Admin(node.Bootstrap);
        var resource = new ConfigResource { Type = ResourceType.Topic, Name = topic };
        await admin.IncrementalAlterConfigsAsync(new Dictionary<ConfigResource, List<ConfigEntry>>
        {
            [resource] =
            [
                new() { Name = "max.message.bytes", Value = "1000", IncrementalOperation = AlterConfigOpType.Set },
                new() { Name = "cleanup.policy", Value = "compact", IncrementalOperation = AlterConfigOpType.Append },
            ],
        });
        var entries = (await admin.DescribeConfigsAsync([resource])).Single().Entries;
        Assert.Equal(("1000", "delete,compact"), (entries["max.message.bytes"].Value, entries["cleanup.policy"].Value));
        using var producer = ConfluentClients.Producer(node.Bootstrap);
        var refused = await Assert.ThrowsAsync<ProduceException<string?, byte[]>>(() =>
            producer.ProduceAsync(topic, new Message<string?, byte[]> { Key = "k", Value = new byte[2_000] }, Cancellation));
        Assert.Equal(ErrorCode.MsgSizeTooLarge, refused.Error.Code);
        await Assert.ThrowsAsync<IncrementalAlterConfigsException>(() => admin.IncrementalAlterConfigsAsync(
            new Dictionary<ConfigResource, List<ConfigEntry>>
            {
                [resource] = [new() { Name = "retention.mss", Value = "1", IncrementalOperation = AlterConfigOpType.Set }],
            }));
    }

    private void Produce(string topic, int first, int count)
    {
        using var producer = ConfluentClients.Producer(node.Bootstrap);
        for (var i = first; i < first + count; i++)
        {
            producer.Produce(topic, Numbered(i));
        }

        producer.Flush(Cancellation);
    }

    private static IEnumerable<string> Expected(int first, int count) =>
        Enumerable.Range(first, count).Select(i => Encoding.UTF8.GetString(Numbered(i).Value));
}
