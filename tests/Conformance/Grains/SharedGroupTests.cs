using Confluent.Kafka;
using Conformance.Clients;
using Conformance.Fixtures;

namespace Conformance.Grains;

/// <summary>One group of three kinds of members: a service on the SDK, <c>kcat -G</c> and Confluent.Kafka. Whoever leads assigns for all.</summary>
public sealed class SharedGroupTests
{
    private const string Topic = "shared-mails";
    private const string Group = Topic + "-answer"; // what the sample calls it
    private const int PartitionCount = 6;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Explicit = true, Timeout = 300_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_service_kcat_and_Confluent_share_a_group_through_a_restart_of_the_node(bool serviceLeads)
    {
        using var data = new TempFolder("shared-group");
        var settings = SiloSettings.WithFixedKafkaPort(data.Path) with
        {
            GatewayPort = FreePort.Take(), Arguments = ["--Actors:Groups:InitialRebalanceDelayMs=100"],
        };
        await using var silo = await SiloProcess.StartAsync(settings, Cancellation);
        await ConfluentClients.CreateTopicAsync(silo.Kafka, Topic, PartitionCount);
        var service = serviceLeads ? StartService(silo) : null;
        await SendAsync(silo, 0, 10);
        if (service is not null)
        {
            await RunningClient.UntilAsync(() => service.Lines.Length == 10, "the service should read alone", service);
        }

        using var confluent = new GroupMember(silo.Kafka, Group, Topic);
        GroupMember.PollUntil(() => confluent.Owned.Count == (serviceLeads ? 3 : 6), confluent);
        await using var kcat = StartKcat(silo);
        service ??= StartService(silo);
        try
        {
            GroupMember.PollUntil(() => IsShared(silo.Kafka, members: 3), confluent);
            await SendAsync(silo, 10, 300);
            GroupMember.PollUntil(() => AllRead(310, confluent, service, kcat), confluent);
            Assert.True(service.Lines.Length > 0 && kcat.Lines.Length > 0 && confluent.Values.Count > 0);

            await silo.Kill9Async();
            await using var again = await SiloProcess.StartAsync(settings, Cancellation);
            await using var newKcat = StartKcat(again); // the first one ends when its only broker does
            await SendAsync(again, 310, 300);
            GroupMember.PollUntil(() => AllRead(610, confluent, service, kcat, newKcat), confluent);
            GroupMember.PollUntil(() => IsShared(again.Kafka, members: 3), confluent);

            newKcat.Kill9(); // its session ends, and the other two have it all
            GroupMember.PollUntil(() => IsShared(again.Kafka, members: 2), confluent);
            await service.StopAsync(); // leaves
            GroupMember.PollUntil(() => confluent.Owned.Count == PartitionCount, confluent);
            await SendAsync(again, 610, 50);
            GroupMember.PollUntil(() => AllRead(660, confluent, service, kcat, newKcat), confluent);
            confluent.Close();
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    private static RunningClient StartKcat(SiloProcess silo) => RunningClient.Start(
        "kcat", "-b", silo.Kafka, "-G", Group, "-u", "-q", "-f", "%s\\n", "-X", "auto.offset.reset=earliest",
        "-X", "session.timeout.ms=6000", "-X", "heartbeat.interval.ms=500", Topic);

    private static RunningClient StartService(SiloProcess silo) => RunningClient.Start(
        "dotnet", SampleAssemblies.ComplaintMails, "answer", "--gateway", silo.Ready.Orleans, "--topic", Topic, "--work-ms", "0");

    /// <summary>Whether every partition has exactly one owner, and all members have as many.</summary>
    private static bool IsShared(string bootstrap, int members)
    {
        using var admin = ConfluentClients.Admin(bootstrap);
        var group = admin.DescribeConsumerGroupsAsync([Group]).GetAwaiter().GetResult().ConsumerGroupDescriptions.Single();
        var owned = group.Members.Select(m => m.Assignment?.TopicPartitions.Select(p => p.Partition.Value).ToArray() ?? []).ToArray();
        if (group.State != ConsumerGroupState.Stable || owned.Length != members)
        {
            return false;
        }

        Assert.Equal(Enumerable.Range(0, PartitionCount), owned.SelectMany(o => o).Order());
        Assert.All(owned, o => Assert.Equal(PartitionCount / members, o.Length));
        return true;
    }

    private static bool AllRead(int count, GroupMember confluent, RunningClient service, params RunningClient[] kcats)
    {
        var read = kcats.SelectMany(k => k.Lines).Concat(confluent.Values).Select(v => v.Split(' ')[0])
            .Concat(service.Lines.Where(l => l.StartsWith("answered", StringComparison.Ordinal)).Select(l => l.Split(' ')[2]))
            .ToHashSet();
        return Enumerable.Range(0, count).All(i => read.Contains($"{i}"));
    }

    private static async Task SendAsync(SiloProcess silo, int first, int count)
    {
        var lines = string.Concat(Enumerable.Range(first, count).Select(i => $"k{i}:{i} complaint\n"));
        (await Kcat.RunAsync(silo.Kafka, lines, "-P", "-t", Topic, "-K", ":")).Succeeded();
    }
}
