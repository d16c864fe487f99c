using Actors.Abstractions;
using Actors.Model.Znodes;

namespace Actors.Client;

/// <summary>An ephemeral znode that stands for something this process has: watched, so that the process knows when it is gone.</summary>
internal sealed class HeldZnode : IAsyncDisposable
{
    private const int LooksPerTimeout = 10;

    private readonly TreeSession _session;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _released = new();
    private readonly Task[] _guards;

    private HeldZnode(TreeSession session, string path, long czxid)
    {
        (_session, Path, Czxid) = (session, path, czxid);
        _guards = [Task.Run(WatchAsync), Task.Run(WatchClockAsync)];
    }

    public string Path { get; }

    public long Czxid { get; }

    public CancellationToken Lost => _lost.Token;

    public static HeldZnode Hold(TreeSession session, string path, long czxid) => new(session, path, czxid);

    public async ValueTask DisposeAsync()
    {
        if (_released.IsCancellationRequested)
        {
            return;
        }

        await _released.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_guards).ConfigureAwait(false);
        try
        {
            if (await IsOursAsync(CancellationToken.None).ConfigureAwait(false) == true)
            {
                await _session[Path].DeleteAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is TreeSessionExpiredException or ObjectDisposedException)
        {
            // It has gone with its session.
        }

        await _lost.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Whether the znode is there and the one that was created; null: nobody could say.</summary>
    private async ValueTask<bool?> IsOursAsync(CancellationToken cancellationToken)
    {
        var there = await _session[Path].ExistsAsync(cancellationToken).ConfigureAwait(false);
        return there.IsDone ? there.Value.Stat?.Czxid == Czxid : there.Error == TreeErrorCode.NoNode ? false : null;
    }

    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                var seen = _session.LastZxid;
                if (await IsOursAsync(_released.Token).ConfigureAwait(false) == false)
                {
                    break;
                }

                await _session[Path].WhenChangedAsync(seen, _released.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_released.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (e is TreeException or ObjectDisposedException)
        {
            // It is gone with its session, or nobody can say.
        }

        await _lost.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>A client's own clock: when no silo has answered for nearly a whole timeout, the session may soon be over.</summary>
    private async Task WatchClockAsync()
    {
        var period = _session.Timeout / LooksPerTimeout;
        using var looks = new PeriodicTimer(period, _session.Time);
        try
        {
            while (_session.IsSurelyAlive && _session.SinceSign < _session.Timeout - period)
            {
                await looks.WaitForNextTickAsync(_released.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_released.IsCancellationRequested)
        {
            return;
        }

        await _lost.CancelAsync().ConfigureAwait(false);
    }
}
