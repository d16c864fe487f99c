using Actors.Abstractions;
using Actors.Streams;

namespace Actors.Client;

/// <summary>Tells that a znode may have changed, from the stream of its changes.</summary>
internal sealed class ZnodeChanges(Func<ZnodeStreamProvider> watches, TimeProvider time)
{
    /// <summary>After 2 s without news it is said that there may be some: whoever waits looks by itself now and then.</summary>
    public static TimeSpan MaxWait { get; } = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Completes when a znode may have changed behind a zxid; at once, or too early, where that is not known.</summary>
    public async Task WhenChangedAsync(TreeAccess tree, string path, long sinceZxid, CancellationToken cancellationToken)
    {
        using var tooLong = new CancellationTokenSource(MaxWait, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, tooLong.Token);
        try
        {
            var changes = watches().WatchAsync(path, isRecursive: false, ZnodeEventToken.After(sinceZxid), onWatching: null, stop.Token);
            await foreach (var change in changes.ConfigureAwait(false))
            {
                tree.Seen.Raise(change.Zxid);
                return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing for a long time.
        }
        catch (WatchTooOldException e)
        {
            tree.Seen.Raise(e.Zxid);
        }
        catch (TreeWatchException)
        {
            await Task.Delay(s_pause, time, cancellationToken).ConfigureAwait(false); // refused: looking now and then is what is left
        }
    }
}
