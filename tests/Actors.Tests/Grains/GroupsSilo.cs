using Actors.Model.Ports;
using Actors.Tests.Groups;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Tests.Grains;

/// <summary>One silo with groups in memory for all tests of a class; each test has groups and topics of its own.</summary>
public sealed class GroupsSilo : IAsyncLifetime
{
    public GrainsCluster Cluster { get; private set; } = null!;

    internal FakeGroups Groups { get; } = new(1);

    public async ValueTask InitializeAsync() =>
        Cluster = await GrainsCluster.StartAsync(configure: silo => silo.Services.AddSingleton<ILocalGroups>(Groups));

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
