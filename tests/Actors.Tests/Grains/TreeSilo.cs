using Actors.Abstractions;
using Actors.Model.Ports;
using Actors.Model.Znodes;
using Actors.Tests.Grains.Fakes;
using Actors.Tests.Node;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Tests.Grains;

/// <summary>One silo over a real cluster log in a real directory; each test has paths and sessions of its own.</summary>
public sealed class TreeSilo : IAsyncLifetime
{
    /// <summary>Least timeout of a session here, in ms.</summary>
    public const int MinTimeoutMs = 200;

    private TestNode _node = null!;

    public GrainsCluster Cluster { get; private set; } = null!;

    internal ILocalTree Tree => _node.Host.Tree;

    /// <summary>The silo's way to the tree, which can be told to lose answers.</summary>
    internal FaultyTree Faults { get; private set; } = null!;

    internal ITreeGrain Grain => Cluster.Client.GetGrain<ITreeGrain>(ITreeGrain.Key);

    public async ValueTask InitializeAsync()
    {
        _node = await TestNode.StartAsync(configure: o => o with
        {
            SessionSecret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)], SessionLookPeriod = TimeSpan.FromMilliseconds(20),
        });
        Faults = new FaultyTree(_node.Host.Tree);
        Cluster = await GrainsCluster.StartAsync(configure: silo =>
        {
            silo.Services.AddSingleton<ILocalTree>(Faults);
            silo.Services.AddSingleton(_node.Host.Feeds);
            silo.Services.AddSingleton(new TreeClientSettings { MinSessionTimeoutMs = MinTimeoutMs, SuperDigest = "super:xQJmxLMiHGwaqBvst5y6rkB6HQs=" });
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.DisposeAsync();
        await _node.DisposeAsync();
    }

    public IZnodeGrain Znode(string path) => Cluster.Client.GetGrain<IZnodeGrain>(path);

    public async Task<TreeCaller> OpenAsync(int timeoutMs = 30_000)
    {
        var opened = (await Grain.OpenSessionAsync(timeoutMs, GrainsCluster.Cancelled)).GetValueOrThrow();
        return new TreeCaller { SessionId = opened.SessionId, Password = opened.Password };
    }

    /// <summary>Completes when a znode has come or gone.</summary>
    internal async Task UntilExistsAsync(string path, bool exists)
    {
        var owner = new Watcher();
        var watcher = Tree.AddWatcher(owner);
        try
        {
            while (true)
            {
                var told = owner.Next();
                var view = Tree.BeginReads();
                bool isThere;
                try
                {
                    var bytes = System.Text.Encoding.UTF8.GetBytes(path);
                    view.Watch(watcher, WatchMode.Data, bytes);
                    isThere = view.Exists(bytes, [], out _) == TreeErrorCode.Ok;
                }
                finally
                {
                    Tree.EndReads();
                }

                if (isThere == exists)
                {
                    return;
                }

                await told.WaitAsync(TimeSpan.FromSeconds(30), GrainsCluster.Cancelled);
            }
        }
        finally
        {
            Tree.RemoveWatcher(watcher);
        }
    }

    private sealed class Watcher : ITreeSessionOwner
    {
        private TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<ZnodeIdentity> Identities => [];

        public Task Next() => (_told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public void OnSessionEnded()
        {
        }

        public void OnSessionMoved()
        {
        }

        public void OnEvent(long zxid, WatchEventType type, ReadOnlySpan<byte> path) => _told.TrySetResult();

        public void OnRoundEnd()
        {
        }
    }
}
