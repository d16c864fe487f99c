using Actors.Dashboard;
using Actors.Hosting.Configuration;
using Microsoft.Extensions.Hosting;

namespace Actors.Hosting.Silo;

/// <summary>
/// The last hosted service: when logs are open and Orleans runs it opens the listeners and says so on standard output. Being last to
/// start it is first to stop: unready, then the listeners drain, while everything behind them still works.
/// </summary>
internal sealed class ReadyService(
    ActorsOptions options, OrleansEndpoints orleans, NodeService node, NodeStatus status, ReadyOutput? output = null) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await node.WhenOpenAsync(cancellationToken).ConfigureAwait(false);
        await node.Node.ListenAsync(cancellationToken).ConfigureAwait(false);
        status.Addresses = Addresses();
        status.Phase = NodePhase.Ready;
        if (output is not null)
        {
            await output.Writer.WriteAsync(ReadyLine.Of(status)).ConfigureAwait(false);
            await output.Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        status.Phase = NodePhase.Stopping;
        await node.Node.DrainAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private List<NodeAddress> Addresses()
    {
        var host = ListenAddress.HostFor(options);
        var addresses = new List<NodeAddress>();
        if (node.Node.Kafka is { } kafka)
        {
            addresses.Add(new NodeAddress("kafka", $"{host}:{kafka.BoundPort}"));
        }

        if (node.Node.ZooKeeper is { } zooKeeper)
        {
            addresses.Add(new NodeAddress("zookeeper", $"{host}:{zooKeeper.BoundPort}"));
        }

        if (node.DashboardPort >= 0)
        {
            addresses.Add(new NodeAddress("dashboard", $"http://{host}:{node.DashboardPort}"));
        }

        addresses.Add(new NodeAddress("orleans", $"{host}:{orleans.GatewayPort}"));
        return addresses;
    }
}
