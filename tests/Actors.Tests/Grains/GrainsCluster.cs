using Actors.Abstractions;
using Actors.Grains;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Tests.Grains.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.TestingHost;

namespace Actors.Tests.Grains;

/// <summary>Silos with the real grains over fake nodes that share one world. Node ids count from 1, as the silos' names.</summary>
public sealed class GrainsCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;

    private GrainsCluster(InProcessTestCluster cluster, FakeWorld world)
    {
        _cluster = cluster;
        World = world;
    }

    internal FakeWorld World { get; }

    public IClusterClient Client => _cluster.Client;

    /// <summary>Services of the first silo.</summary>
    public IServiceProvider Services => _cluster.GetSiloServiceProvider();

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    internal static async Task<GrainsCluster> StartAsync(short silos = 1, FakeWorld? world = null, Action<ISiloBuilder>? configure = null,
        Action<IClientBuilder>? configureClient = null)
    {
        world ??= new FakeWorld();
        var builder = new InProcessTestClusterBuilder(silos);
        builder.Options.UseDistributedGrainDirectory = true;
        builder.Options.ConfigureFileLogging = false;
        var started = 0;
        builder.ConfigureSilo((_, silo) =>
        {
            var nodeId = Interlocked.Increment(ref started);
            var node = new FakeNode(world, nodeId);
            silo.Services.AddSingleton<ICatalog>(node);
            silo.Services.AddSingleton<ICatalogCommands>(node);
            silo.Services.AddSingleton<ILocalPartitions>(node);
            silo.Services.AddSingleton<LeasePool>();
            silo.Services.PostConfigure<SiloOptions>(o => o.SiloName = ActorsCluster.SiloName(nodeId));
            silo.AddActorsGrains();
            configure?.Invoke(silo);
        });
        builder.ConfigureClient(client => configureClient?.Invoke(client));
        var cluster = builder.Build();
        await cluster.DeployAsync(Cancelled);
        return new GrainsCluster(cluster, world);
    }

    public ITopicGrain Topic(string name) => Client.GetGrain<ITopicGrain>(name);

    public IPartitionGrain Partition(string topic, int partition = 0) =>
        Client.GetGrain<IPartitionGrain>(new PartitionKey(topic, partition).ToString());

    /// <summary>The name of the silo on which a grain is active.</summary>
    public async Task<string> SiloOfAsync(IGrain grain)
    {
        var address = await Client.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
        var silo = _cluster.Silos.Single(s => s.SiloAddress.Equals(address));
        return silo.ServiceProvider.GetRequiredService<ILocalSiloDetails>().Name;
    }

    /// <summary>Kills the silo that has the first activation of a type.</summary>
    public async Task KillSiloOfAsync(string grainType)
    {
        var all = await Client.GetGrain<IManagementGrain>(0).GetDetailedGrainStatistics();
        var address = all.First(g => g.GrainId.Type.ToString() == grainType).SiloAddress;
        await _cluster.KillSiloAsync(_cluster.Silos.Single(s => s.SiloAddress.Equals(address)));
    }

    public Task WaitForDeactivationAsync(IAddressable grain) => _cluster.WaitForDeactivationAsync(grain);

    public Task DeactivateAsync(IAddressable grain) => _cluster.DeactivateAsync(grain);

    /// <summary>A topic of this name, with four partitions.</summary>
    public async Task CreateAsync(string topic) =>
        Assert.True((await Topic(topic).CreateAsync(new TopicSpec { PartitionCount = 4 }, Cancelled)).IsDone);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}

/// <summary>One silo for all tests of a class; each test has topics of its own.</summary>
public sealed class OneSilo : IAsyncLifetime
{
    public GrainsCluster Cluster { get; private set; } = null!;

    /// <summary>Log storages "s1" to "s9", one for each test that wants one of its own.</summary>
    public async ValueTask InitializeAsync() => Cluster = await GrainsCluster.StartAsync(
        configure: silo => Enumerable.Range(1, 9).ToList().ForEach(i => silo.AddLogGrainStorage($"s{i}")));

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}

/// <summary>Three silos for all tests of a class.</summary>
public sealed class ThreeSilos : IAsyncLifetime
{
    public GrainsCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await GrainsCluster.StartAsync(silos: 3);

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
