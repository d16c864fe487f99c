using System.Runtime.CompilerServices;
using Actors.Abstractions;
using Actors.Streams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Actors.Client;

public sealed partial class ActorsClient
{
    private readonly Lock _watchGate = new();
    private ZnodeStreamProvider? _watches;
    private bool _ownsWatches;

    /// <summary>
    /// The stream provider <see cref="WatchStreams.ProviderName"/>: that of the Orleans client if it has one (a client made by
    /// <c>AddActorsClient</c> or <see cref="ConnectAsync"/> has), else one of this object's own.
    /// </summary>
    public ZnodeStreamProvider Watches
    {
        get
        {
            lock (_watchGate)
            {
                if (_watches is null)
                {
                    _watches = Orleans.ServiceProvider.GetService<ZnodeStreamProvider>();
                    _ownsWatches = _watches is null;
                    _watches ??= new ZnodeStreamProvider(
                        Orleans, new WatchStreamsOptions { Credentials = _options.Credentials }, _time,
                        NullLoggerFactory.Instance.CreateLogger<ZnodeStreamProvider>());
                }

                return _watches;
            }
        }
    }

    /// <summary>
    /// Follows a znode, for ever: what happens from now on, or behind <paramref name="since"/>. Each change comes once, in order; a silo
    /// that dies is replaced from where the enumeration was. To read first and miss nothing, read and go on from the answer's zxid
    /// (<see cref="ZnodeEventToken.After"/>), or read in <paramref name="onWatching"/>.
    /// </summary>
    /// <param name="path">The znode; it need not exist.</param>
    /// <param name="recursive">Whether all below it is followed too; then children are not told of by their parents.</param>
    /// <param name="since">Where to go on, or null.</param>
    /// <param name="onWatching">Called with the zxid behind which changes follow.</param>
    /// <param name="cancellationToken">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="WatchTooOldException">Changes may have been missed: read again, and begin a new enumeration at its token.</exception>
    /// <exception cref="TreeWatchException">The silo refused.</exception>
    public async IAsyncEnumerable<ZnodeEvent> WatchAsync(
        string path, bool recursive = false, ZnodeEventToken? since = null, Action<long>? onWatching = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var changes = Watches.WatchAsync(path, recursive, since, Begin, cancellationToken);
        await foreach (var change in changes.ConfigureAwait(false))
        {
            Tree.Seen.Raise(change.Zxid); // a read behind it finds the tree at it, or later
            yield return change;
        }

        void Begin(long zxid)
        {
            Tree.Seen.Raise(zxid);
            onWatching?.Invoke(zxid);
        }
    }

    private ValueTask CloseWatchesAsync()
    {
        lock (_watchGate)
        {
            return _ownsWatches ? _watches!.DisposeAsync() : ValueTask.CompletedTask;
        }
    }
}
