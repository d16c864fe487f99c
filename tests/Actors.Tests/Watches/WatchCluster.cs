using System.Text;
using Actors.Client;
using Actors.Model.Ports;
using Actors.Model.Znodes;
using Actors.Node.Cluster;
using Actors.Streams;
using Actors.Tests.Grains;
using Actors.Tests.Node;
using Microsoft.Extensions.DependencyInjection;
using Orleans;

namespace Actors.Tests.Watches;

/// <summary>Silos over one real cluster log, and an Orleans client outside of them.</summary>
internal sealed class WatchCluster : IAsyncDisposable
{
    private readonly TestNode _node;

    private WatchCluster(TestNode node, GrainsCluster silos)
    {
        _node = node;
        Silos = silos;
        Client = new ActorsClient(silos.Client);
    }

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public GrainsCluster Silos { get; }

    public ActorsClient Client { get; }

    public ClusterHost Host => _node.Host;

    public static async Task<WatchCluster> StartAsync(
        short silos = 1, Func<ClusterHostOptions, ClusterHostOptions>? configure = null, Action<WatchStreamsOptions>? client = null,
        IOutgoingGrainCallFilter? network = null, Func<ITreeFeeds, ITreeFeeds>? feeds = null)
    {
        var node = await TestNode.StartAsync(configure: configure);
        return new WatchCluster(node, await GrainsCluster.StartAsync(
            silos,
            configure: silo =>
            {
                silo.Services.AddSingleton(node.Host.Tree);
                silo.Services.AddSingleton(feeds is null ? node.Host.Feeds : feeds(node.Host.Feeds));
                if (network is not null)
                {
                    silo.Services.AddSingleton(network);
                }
            },
            configureClient: c => c.Services.AddActorsWatchStreams(client)));
    }

    /// <summary>What the first silo says of itself.</summary>
    public IReadOnlyList<HealthFinding> Examine()
    {
        var findings = new List<HealthFinding>();
        foreach (var source in Silos.Services.GetServices<IHealthSource>())
        {
            source.Examine(findings);
        }

        return findings;
    }

    public Task<long> CreateAsync(string path, params ZnodeAcl[] acl) => WriteAsync(new ZnodeWrite
    {
        Kind = ZnodeWriteKind.Create, Path = Encoding.UTF8.GetBytes(path), Acl = acl.Length == 0 ? [ZnodeAcl.Open] : acl, TtlMs = -1,
    });

    public Task<long> SetAsync(string path) =>
        WriteAsync(new ZnodeWrite { Kind = ZnodeWriteKind.SetData, Path = Encoding.UTF8.GetBytes(path), Version = -1 });

    public Task<long> DeleteAsync(string path) =>
        WriteAsync(new ZnodeWrite { Kind = ZnodeWriteKind.Delete, Path = Encoding.UTF8.GetBytes(path), Version = -1 });

    /// <summary>Does several writes as one command, or one; answers its zxid.</summary>
    public Task<long> WriteAsync(params ZnodeWrite[] writes)
    {
        var reply = new Reply();
        var caller = new SessionCaller(0, -1, []);
        if (writes.Length == 1)
        {
            _node.Host.Tree.Submit(caller, writes[0], reply);
        }
        else
        {
            _node.Host.Tree.SubmitMulti(caller, writes, reply);
        }

        _node.Host.Tree.Send();
        return reply.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Silos.DisposeAsync();
        await _node.DisposeAsync();
    }

    private sealed class Reply : ITreeReply
    {
        public TaskCompletionSource<long> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ITreeSessionOwner? OnApplied(ITreeOutcome outcome, ITreeView tree)
        {
            Done.TrySetResult(outcome.ZxidValue);
            return null;
        }

        public void OnLost() => Done.TrySetException(new IOException("The node takes no writes."));
    }
}
