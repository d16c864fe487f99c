using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Client;

/// <summary>
/// A service's way into a cluster: thread-safe, one per process, async only. In a host it comes from <c>AddActorsClient</c>; a program
/// without one connects by <see cref="ConnectAsync"/>.
/// </summary>
public sealed partial class ActorsClient : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, TopicHandle> _topics = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, GroupHandle> _groups = new(StringComparer.Ordinal);
    private readonly ActorsClientOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly IHost? _ownHost;

    /// <summary>A client over an Orleans client that is connected, or will be before the first call.</summary>
    public ActorsClient(
        IClusterClient orleans, ActorsClientOptions? options = null, ILoggerFactory? loggers = null, TimeProvider? time = null)
        : this(orleans, options, loggers, time, ownHost: null)
    {
    }

    private ActorsClient(
        IClusterClient orleans, ActorsClientOptions? options, ILoggerFactory? loggers, TimeProvider? time, IHost? ownHost)
    {
        ArgumentNullException.ThrowIfNull(orleans);
        Orleans = orleans;
        _options = options ?? new ActorsClientOptions();
        _options.Validate();
        _logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<ActorsClient>();
        _time = time ?? TimeProvider.System;
        _ownHost = ownHost;
        Tree = new ActorsTree(orleans, _options, _logger, _time, () => Watches);
    }

    /// <summary>The Orleans client, for grains of your own.</summary>
    public IClusterClient Orleans { get; }

    /// <summary>The znode tree; <see cref="ActorsTree.OpenSessionAsync"/> opens a session.</summary>
    public ActorsTree Tree { get; }

    /// <summary>Connects to a cluster without a host of the caller's.</summary>
    /// <param name="gateways">Gateways as <c>host:port</c>, separated by commas.</param>
    /// <param name="configure">More settings.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">A setting has a bad value.</exception>
    /// <exception cref="TimeoutException">No gateway answered within <see cref="ActorsClientOptions.ConnectTimeout"/>.</exception>
    public static async Task<ActorsClient> ConnectAsync(
        string gateways, Action<ActorsClientOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var options = new ActorsClientOptions();
        builder.AddActorsClient(o =>
        {
            o.Gateways = gateways;
            configure?.Invoke(o);
            options = o;
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
            return new ActorsClient(host.Services.GetRequiredService<IClusterClient>(), options, null, null, host);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            host.Dispose();
            throw new TimeoutException($"No gateway of {options.Gateways} answered within {options.ConnectTimeout}: {e.Message}", e);
        }
    }

    /// <summary>A topic, which need not exist yet. Always the same object for a name.</summary>
    public TopicHandle Topic(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return _topics.GetOrAdd(name, n => new TopicHandle(n, Orleans, _options, _logger, _time));
    }

    /// <summary>A consumer group, which need not exist yet. Always the same object for an id.</summary>
    public GroupHandle Group(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return _groups.GetOrAdd(id, i => new GroupHandle(i, Orleans, _options, _logger, _time));
    }

    /// <summary>Ends consumers that are still open, waits for what was appended, then disconnects if this object connected.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_groups.Values.Select(g => g.CloseAsync())).ConfigureAwait(false);
        foreach (var topic in _topics.Values)
        {
            await topic.CloseAsync().ConfigureAwait(false);
        }

        await CloseWatchesAsync().ConfigureAwait(false);
        if (_ownHost is not null)
        {
            await _ownHost.StopAsync().ConfigureAwait(false);
            _ownHost.Dispose();
        }
    }
}
