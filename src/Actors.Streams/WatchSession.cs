using System.Collections.Immutable;
using Actors.Abstractions;
using Actors.Model.Ports;
using Actors.Model.Znodes;
using Microsoft.Extensions.Logging;

namespace Actors.Streams;

/// <summary>
/// All subscriptions of this process as one stream from one silo: whatever their number, one grain, one observer, one call a second. When
/// the silo does not answer, another subscription is opened, from where each of them was.
/// </summary>
internal sealed partial class WatchSession(IGrainFactory grains, WatchStreamsOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestRenewal = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Path, bool IsRecursive), List<WatchHandle>> _watched = [];
    private readonly List<WatchHandle> _added = [];
    private readonly HashSet<(string Path, bool IsRecursive)> _removed = [];
    private readonly SemaphoreSlim _signal = new(0, 1);
    private ImmutableArray<TreeCredential> _credentials = Check(options.Credentials);
    private Task? _run;
    private Connection? _connection;
    private int _version;
    private bool _isDisposed;

    /// <summary>Adds a subscription; completes when the silo watches, with the zxid behind which changes follow.</summary>
    /// <exception cref="TreeWatchException">The silo refused.</exception>
    public async Task<long> AddAsync(WatchHandle handle, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_watched.TryGetValue((handle.Path, handle.IsRecursive), out var handles))
            {
                if (_watched.Count >= ITreeFeed.MaxWatches)
                {
                    throw new TreeWatchException($"A process watches at most {ITreeFeed.MaxWatches} paths.");
                }

                _watched.Add((handle.Path, handle.IsRecursive), handles = []);
            }

            handles.Add(handle);
            _added.Add(handle);
            if (_run is null)
            {
                // Not in the grain that happens to subscribe first.
                using var flow = ExecutionContext.SuppressFlow();
                _run = Task.Run(RunAsync, CancellationToken.None);
            }
        }

        Signal();
        try
        {
            return await handle.Registered.Task.WaitAsync(cancellationToken);
        }
        catch
        {
            Remove(handle);
            throw;
        }
    }

    /// <summary>A subscription ends; at the silo too, if it was the last one of its path.</summary>
    public void Remove(WatchHandle handle)
    {
        lock (_gate)
        {
            var key = (handle.Path, handle.IsRecursive);
            if (_watched.TryGetValue(key, out var handles) && handles.Remove(handle))
            {
                _added.Remove(handle);
                if (handles.Count == 0)
                {
                    _watched.Remove(key);
                    _removed.Add(key);
                }
            }
        }

        handle.End();
        Signal();
    }

    /// <summary>Who this process is, from the next subscription on, which is opened at once.</summary>
    /// <exception cref="ArgumentException">One is not a digest.</exception>
    public void SetCredentials(ImmutableArray<TreeCredential> credentials)
    {
        Check(credentials);
        lock (_gate)
        {
            _credentials = credentials;
            _connection?.Break();
        }

        Signal();
    }

    public async ValueTask DisposeAsync()
    {
        Task? run;
        List<WatchHandle> handles;
        lock (_gate)
        {
            _isDisposed = true;
            run = _run;
            handles = [.. _watched.Values.SelectMany(h => h)];
        }

        foreach (var handle in handles)
        {
            Remove(handle);
        }

        await (run ?? Task.CompletedTask);
    }

    /// <summary>A silo would refuse them each time: said at once, to who gives them.</summary>
    private static ImmutableArray<TreeCredential> Check(ImmutableArray<TreeCredential> credentials)
    {
        if (credentials.IsDefaultOrEmpty)
        {
            return [];
        }

        if (credentials.Length > TreeLimits.MaxCredentials
            || credentials.Any(c => c.Scheme != "digest" || c.Secret.IsDefaultOrEmpty || c.Secret.Length > TreeLimits.MaxCredentialBytes))
        {
            throw new ArgumentException(
                $"Credentials are digests of user:password, at most {TreeLimits.MaxCredentials} of {TreeLimits.MaxCredentialBytes} bytes.",
                nameof(credentials));
        }

        return credentials;
    }

    private void Signal()
    {
        lock (_signal)
        {
            if (_signal.CurrentCount == 0)
            {
                _signal.Release();
            }
        }
    }

    /// <summary>Opens one subscription after the other as long as somebody wants to know.</summary>
    private async Task RunAsync()
    {
        var pause = s_firstPause;
        while (true)
        {
            var connection = new Connection(this);
            lock (_gate)
            {
                if (_watched.Count == 0)
                {
                    _run = null;
                    return;
                }

                _connection = connection;
            }

            try
            {
                var observer = grains.CreateObjectReference<IWatchObserver>(connection);
                try
                {
                    await ServeAsync(connection, observer, () => pause = s_firstPause);
                }
                finally
                {
                    grains.DeleteObjectReference<IWatchObserver>(observer);
                }
            }
            catch (Exception e) // whatever it is: a silo that died, a gateway that is gone, a client that stops. It is tried again.
            {
                LogAgain(logger, e.Message);
            }

            await Task.Delay(pause, time);
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        }
    }

    /// <summary>One subscription, until it is lost or nobody wants it any more.</summary>
    private async Task ServeAsync(Connection connection, IWatchObserver observer, Action onOpen)
    {
        var grain = grains.GetGrain<ITreeWatchGrain>(Guid.NewGuid());
        WatchChange change;
        lock (_gate)
        {
            change = ChangeAll();
        }

        var opened = await grain.OpenAsync(observer, new TreeCaller { Credentials = _credentials }, change);
        if (!Took(change, opened))
        {
            LogAgain(logger, opened.Message ?? opened.Error.ToString());
            return;
        }

        onOpen();
        while (!connection.IsBroken)
        {
            await _signal.WaitAsync(options.RenewPeriod < s_longestRenewal ? options.RenewPeriod : s_longestRenewal);
            lock (_gate)
            {
                change = ChangeSome();
                if (_watched.Count == 0)
                {
                    break;
                }
            }

            if (change.Added.Length + change.Removed.Length > 0 && !Took(change, await grain.ChangeAsync(change)))
            {
                return;
            }

            var renewed = await grain.RenewAsync();
            if (!renewed.IsDone)
            {
                LogAgain(logger, renewed.Message ?? renewed.Error.ToString());
                return;
            }

            lock (_gate)
            {
                if (!connection.IsBroken) // a broken one takes batches without telling them
                {
                    Progress(renewed.Value.Version, new ChangePosition(renewed.Value.Zxid, renewed.Value.Index));
                }
            }
        }

        await grain.CloseAsync();
    }

    [LoggerMessage(9401, LogLevel.Information, "The watch subscription is opened again: {Reason}")]
    private static partial void LogAgain(ILogger logger, string reason);
}
