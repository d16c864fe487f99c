using System.Globalization;
using Actors.Abstractions;
using Actors.Model.Znodes;

namespace Actors.Client;

/// <summary>
/// A lock this process holds. Orders to something that outlives the process should carry <see cref="FencingToken"/>. Dispose it to let go.
/// </summary>
public sealed class TreeLock : IAsyncDisposable
{
    private const string Prefix = "lock-";

    private readonly HeldZnode _held;

    internal TreeLock(HeldZnode held) => _held = held;

    /// <summary>The znode that stands for it.</summary>
    public string Path => _held.Path;

    /// <summary>zxid of the znode's creation: whoever holds the lock later has a higher one.</summary>
    public long FencingToken => _held.Czxid;

    /// <summary>Cancelled when it is over, or may be; see <see cref="Mastership.Lost"/>.</summary>
    public CancellationToken Lost => _held.Lost;

    /// <summary>Lets go.</summary>
    public ValueTask DisposeAsync() => _held.DisposeAsync();

    internal static async Task<TreeLock> TakeAsync(TreeSession session, string path, CancellationToken cancellationToken)
    {
        (await session[path].EnsureAsync(cancellationToken).ConfigureAwait(false)).GetValueOrThrow();
        var spec = new ZnodeSpec { Mode = CreateMode.EphemeralSequential };
        cancellationToken.ThrowIfCancellationRequested();

        // Not given up before it is answered: what it made would be nobody's.
        var created = (await session[path][Prefix].CreateAsync(spec, CancellationToken.None).ConfigureAwait(false)).GetValueOrThrow();
        try
        {
            await WaitForTurnAsync(session, path, created.Path, cancellationToken).ConfigureAwait(false);
            return new TreeLock(HeldZnode.Hold(session, created.Path, created.Stat?.Czxid ?? 0));
        }
        catch
        {
            await GiveUpAsync(session, created.Path).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Each waits for the one before it only: when a lock is let go, one process is told.</summary>
    private static async Task WaitForTurnAsync(TreeSession session, string path, string own, CancellationToken cancellationToken)
    {
        var name = own[(path.Length + 1)..];
        while (true)
        {
            var children = (await session[path].GetChildrenAsync(cancellationToken).ConfigureAwait(false)).GetValueOrThrow();
            var queue = children.Names.Where(n => NumberOf(n) is not null).OrderBy(n => NumberOf(n)).ToList();
            var place = queue.IndexOf(name);
            if (place == 0)
            {
                return;
            }

            if (place < 0)
            {
                throw TreeException.Of(AnswerKind.Refused, TreeErrorCode.NoNode, $"{own} is gone: somebody has deleted it.");
            }

            var before = session[path][queue[place - 1]];
            var there = await before.ExistsAsync(cancellationToken).ConfigureAwait(false);
            if (there.IsDone)
            {
                await before.WhenChangedAsync(there.Zxid, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task GiveUpAsync(TreeSession session, string own)
    {
        try
        {
            await session[own].DeleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is TreeSessionExpiredException or ObjectDisposedException)
        {
            // It goes with its session.
        }
    }

    private static long? NumberOf(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && long.TryParse(name.AsSpan(Prefix.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}

/// <summary>Locks over sequential ephemeral znodes. Source: ZooKeeper's recipes.</summary>
public static class TreeLocks
{
    /// <summary>
    /// Waits for a lock: for every earlier caller to let go, or to die. A call that is given up leaves nothing behind.
    /// </summary>
    /// <param name="session">The session; the lock goes with it.</param>
    /// <param name="path">The lock's znode; it is created if it is not there, and holds a znode for each who waits.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TreeException">The tree refused.</exception>
    /// <exception cref="TreeSessionExpiredException">The session is over.</exception>
    public static Task<TreeLock> LockAsync(this TreeSession session, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentException.ThrowIfNullOrEmpty(path);
        return TreeLock.TakeAsync(session, path, cancellationToken);
    }
}
