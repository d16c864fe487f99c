using System.Buffers.Binary;
using System.Net;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Conformance.Clients;
using Conformance.Fixtures;
using Conformance.Wire;

namespace Conformance.Hostile;

/// <summary>Requests of real clients, recorded in this run and slightly wrong: 20,000 of them, while an honest client works.</summary>
public sealed class MutatedTrafficTests(ITestOutputHelper output) : IDisposable
{
    private const int Mutations = 20_000;
    private const int PerConnection = 20;
    
    /// <summary>Many: a mutated fetch holds its connection for the time it asks for.</summary>
    private const int Lanes = 16;
    private const long MemoryLimitBytes = 1_000_000_000;

    private static readonly IPAddress ProxyAddress = IPAddress.Parse("127.0.0.2");

    /// <summary>A mutated fetch may ask to wait for ever: then this connection has nothing more to tell.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(2);

    private readonly TempFolder _data = new("mutated");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = 400_000)]
    public async Task Mutated_requests_of_real_clients_crash_nothing_and_disturb_nobody()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("ACTORS_MUTATION_SEED"), out var given)
            ? given
            : (int)(TimeProvider.System.GetTimestamp() & 0x3fff_ffff);
        output.WriteLine($"ACTORS_MUTATION_SEED={seed}");
        var settings = SiloSettings.WithFixedKafkaPort(_data.Path) with { Arguments = [$"--Actors:Advertise={ProxyAddress}"] };
        await using var silo = await SiloProcess.StartAsync(settings, Cancellation);
        var node = new IPEndPoint(IPAddress.Loopback, silo.Ready.KafkaPort); // the ready line names the address that is advertised
        var corpus = await RecordAsync(node);
        var keys = corpus.Select(f => BinaryPrimitives.ReadInt16BigEndian(f)).Distinct().Order().ToArray();
        output.WriteLine($"{corpus.Length} frames of API keys {string.Join(", ", keys)}");
        Assert.Superset(new HashSet<short> { 0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 22, 32, 37 }, keys.ToHashSet());

        // From here on the node is spoken to directly; only its metadata still names the proxy's address.
        await using var relay = new RecordingProxy(ProxyAddress, node);
        await using var healthy = await HealthyClient.StartAsync($"{ProxyAddress}:{silo.Ready.KafkaPort}");
        await Parallel.ForAsync(0, Lanes, Cancellation, async (lane, _) => await AttackAsync(silo, node, corpus, seed + lane, Mutations / Lanes));

        await healthy.WasNotDisturbedAsync(TimeSpan.FromSeconds(5));
        output.WriteLine($"resident {silo.ResidentBytes / 1_000_000} MB");
        Assert.InRange(silo.ResidentBytes, 1, MemoryLimitBytes);
        Assert.Equal(0, await silo.TerminateAsync());
    }

    public void Dispose() => _data.Dispose();

    /// <summary>Every client and every kind of request that the other tests use, once.</summary>
    private static async Task<byte[][]> RecordAsync(IPEndPoint node)
    {
        await using var proxy = new RecordingProxy(ProxyAddress, node);
        var bootstrap = $"{ProxyAddress}:{node.Port}";
        foreach (var codec in new[] { "none", "gzip", "snappy", "lz4", "zstd" })
        {
            (await Kcat.RunAsync(bootstrap, "a\nb\nc\n", "-P", "-t", "recorded", "-z", codec, "-H", "h=1", "-k", "key")).Succeeded();
        }

        (await Kcat.RunAsync(bootstrap, null, "-C", "-t", "recorded", "-e", "-q")).Succeeded();
        (await Kcat.RunAsync(bootstrap, null, "-L")).Succeeded();
        (await Kcat.RunAsync(bootstrap, null, "-Q", "-t", "recorded:0:-1")).Succeeded();
        using (var producer = ConfluentClients.Producer(bootstrap, c => c.EnableIdempotence = true))
        {
            await producer.ProduceAsync("recorded", ConfluentProducerTests.Numbered(1), Cancellation);
        }

        ConfluentClients.ReadAll(bootstrap, "recorded");
        using var admin = ConfluentClients.Admin(bootstrap);
        await admin.CreateTopicsAsync([new TopicSpecification { Name = "spare", NumPartitions = 2, ReplicationFactor = 1 }]);
        await admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = "spare", IncreaseTo = 3 }]);
        await admin.DescribeConfigsAsync([new ConfigResource { Type = ResourceType.Topic, Name = "spare" }]);
        await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames(["spare"]));
        await admin.DescribeClusterAsync();
        await admin.ListOffsetsAsync(
            [new TopicPartitionOffsetSpec { TopicPartition = new TopicPartition("spare", 0), OffsetSpec = OffsetSpec.Latest() }]);
        await admin.DeleteTopicsAsync(["spare"]);
        await RecordGroupsAsync(bootstrap, admin);
        foreach (var scenario in new[] { "acks_all", "create_and_delete_topics", "describe_configs", "offsets_for_times" })
        {
            (await ClientProcess.RunAsync(
                "/usr/bin/python3", [Checkout.Script("kafka_python.py"), bootstrap, scenario, "py-" + scenario], Cancellation)).Succeeded();
        }

        return proxy.Frames;
    }

    /// <summary>Members that join, read, commit and leave, and an administrator who looks at them and tidies up.</summary>
    private static async Task RecordGroupsAsync(string bootstrap, IAdminClient admin)
    {
        const string Group = "recorded-group";
        (await Kcat.RunAsync(bootstrap, null, "-G", Group, "-q", "-c", "3", "-X", "auto.offset.reset=earliest", "recorded")).Succeeded();
        using (var member = new GroupMember(bootstrap, Group, "recorded", c => c.GroupInstanceId = "static"))
        {
            GroupMember.PollUntil(() => member.Values.Count > 0, member);
            member.Commit();
            await admin.DescribeConsumerGroupsAsync([Group]);
            await admin.ListConsumerGroupsAsync();
            member.Close();
        }

        await admin.ListConsumerGroupOffsetsAsync([new ConsumerGroupTopicPartitions(Group, null)]);
        (await ClientProcess.RunAsync(
            "/usr/bin/python3", [Checkout.Script("kafka_python.py"), bootstrap, "group_shares_partitions", "py-group"], Cancellation)).Succeeded();
    }

    private static async Task AttackAsync(SiloProcess silo, IPEndPoint node, byte[][] corpus, int seed, int count)
    {
        var byKey = corpus.GroupBy(f => BinaryPrimitives.ReadInt16BigEndian(f)).Select(g => g.ToArray()).ToArray();
        var mutator = new FrameMutator(seed);
        var random = new Random(seed);
        for (var sent = 0; sent < count; sent += PerConnection)
        {
            Assert.False(silo.HasExited, $"The node ended with seed {seed} after {sent} frames. It wrote:\n{silo.Output}");
            using var connection = await RawConnection.OpenAsync($"{node}", Cancellation);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            patience.CancelAfter(AnswerPatience);
            try
            {
                for (var i = 0; i < PerConnection; i++)
                {
                    var ofOneKey = byKey[random.Next(byKey.Length)];
                    var frame = mutator.Mutate(ofOneKey[random.Next(ofOneKey.Length)], corpus[random.Next(corpus.Length)]);
                    await connection.SendFrameAsync(frame, patience.Token);
                }

                // An honest request behind them: it is answered in its turn, or the connection was closed before.
                await connection.SendFrameAsync(RawConnection.Request(18, 0, int.MaxValue, [], flexible: false), patience.Token);
                while (await connection.ReceiveFrameAsync(patience.Token) is { } answer && new WireReader(answer).Int32() != int.MaxValue)
                {
                }
            }
            catch (Exception e) when (e is System.Net.Sockets.SocketException || (e is OperationCanceledException && !Cancellation.IsCancellationRequested))
            {
                // closed under our hands, or parked for longer than we care
            }
        }
    }
}
