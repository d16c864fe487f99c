using System.Collections.Concurrent;
using Actors.Cluster.Znodes;
using Actors.Model.Leases;
using Actors.Net.Transports;
using Actors.Node.Cluster;
using Actors.Tests.Node;
using Actors.ZooKeeper.Listener;
using Microsoft.Extensions.Logging;

namespace Actors.Tests.TreeListener;

/// <summary>A node's cluster log over a real directory, and the listener before it without a socket.</summary>
internal sealed class TreeHarness : IAsyncDisposable
{
    public static readonly byte[] Secret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private readonly TestNode _node;
    private readonly ErrorFactory _errors = new();

    private TreeHarness(TestNode node, ZooKeeperListenerOptions options)
    {
        _node = node;
        Listener = new ZooKeeperListener(options, node.Host.Tree, new LeasePool(), TimeProvider.System, _errors);
    }

    public ZooKeeperListener Listener { get; }

    public ClusterHost Host => _node.Host;

    /// <summary>What was logged as a fault of ours.</summary>
    public IReadOnlyCollection<string> Errors => _errors.Messages;

    public static async Task<TreeHarness> StartAsync(
        string? directory = null, Func<ZooKeeperListenerOptions, ZooKeeperListenerOptions>? configure = null, TimeSpan? lookPeriod = null,
        TreeSettings? settings = null)
    {
        var options = new ZooKeeperListenerOptions { MinSessionTimeoutMs = 50, FourLetterWords = ["*"] };
        var node = await TestNode.StartAsync(
            directory, o => o with
            {
                SessionSecret = Secret,
                SessionLookPeriod = lookPeriod ?? TimeSpan.FromMilliseconds(20),
                ContainerCheckPeriod = TimeSpan.FromMilliseconds(20),
                TreeSettings = settings ?? TreeSettings.Default,
            });
        return new TreeHarness(node, configure?.Invoke(options) ?? options);
    }

    /// <summary>A connection that has said nothing yet.</summary>
    public (TreeClient Client, ZooKeeperConnection Connection) Accept(int windowBytes = 1 << 20)
    {
        var transport = new InMemoryTransport(windowBytes);
        return (new TreeClient(transport.Client), Listener.Accept(transport));
    }

    /// <summary>A client with a session.</summary>
    public async Task<TreeClient> ConnectAsync(int timeoutMs = 30_000)
    {
        var (client, _) = Accept();
        Assert.True(await client.ConnectAsync(timeoutMs));
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await Listener.DisposeAsync();
        await _node.DisposeAsync();
        _errors.Dispose();
    }

    private sealed class ErrorFactory : ILoggerFactory, ILogger
    {
        private readonly ConcurrentQueue<string> _messages = new();

        public IReadOnlyCollection<string> Messages => _messages;

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                _messages.Enqueue(formatter(state, exception) + " " + exception);
            }
        }

        public void Dispose()
        {
        }
    }
}
