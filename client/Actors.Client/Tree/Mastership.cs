using Actors.Abstractions;
using Actors.Model.Znodes;

namespace Actors.Client;

/// <summary>
/// This process is the master: it holds an ephemeral znode, and others wait for that to go. Every order to something that outlives this
/// process should carry <see cref="FencingToken"/>, and be refused there if a higher one has been seen: a process that was stopped and wakes
/// up does not know at once that it is no longer the master. Dispose it to step down.
/// </summary>
public sealed class Mastership : IAsyncDisposable
{
    private readonly HeldZnode _held;

    internal Mastership(HeldZnode held) => _held = held;

    /// <summary>The znode.</summary>
    public string Path => _held.Path;

    /// <summary>zxid of the znode's creation: every later master has a higher one.</summary>
    public long FencingToken => _held.Czxid;

    /// <summary>
    /// Cancelled when it is over, or may be: the session has ended, the znode was deleted, or no silo has answered for a whole session
    /// timeout. It is cancelled before another process can become the master, unless this process was stopped meanwhile.
    /// </summary>
    public CancellationToken Lost => _held.Lost;

    /// <summary>Steps down: deletes the znode, if it is still ours.</summary>
    public ValueTask DisposeAsync() => _held.DisposeAsync();
}

/// <summary>Master election over one ephemeral znode. Source: ZooKeeper's lecture example; the recipe with a herd of one.</summary>
public static class MasterElection
{
    /// <summary>
    /// Waits until this session is the master at <paramref name="path"/>: the first to create the ephemeral znode is, the others watch it. A
    /// session that holds it already is the master again. For some tens of candidates; all are told when a master goes.
    /// </summary>
    /// <param name="session">The session; the mastership goes with it.</param>
    /// <param name="path">The znode, such as <c>/payments/master</c>. What is above it must exist.</param>
    /// <param name="name">What the znode says: who the master is, for those who read it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TreeException">The tree refused: no parent, no permission.</exception>
    /// <exception cref="TreeSessionExpiredException">The session is over.</exception>
    public static async Task<Mastership> ElectAsync(
        this TreeSession session, string path, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        var znode = session[path];
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Not given up before it is answered: a master that does not know it would be worse than one that comes late.
            var created = await znode.CreateTextAsync(name, CreateMode.Ephemeral, CancellationToken.None).ConfigureAwait(false);
            if (created.Error != TreeErrorCode.NodeExists)
            {
                created.GetValueOrThrow();
                if (cancellationToken.IsCancellationRequested)
                {
                    await znode.DeleteAsync(cancellationToken: CancellationToken.None).ConfigureAwait(false);
                }
            }

            // Also after a create that was done: of a repeated one the answer may tell no Stat.
            var there = await znode.ExistsAsync(cancellationToken).ConfigureAwait(false);
            if (there is { IsDone: true, Value.Stat: { } stat } && stat.EphemeralOwner == session.Id)
            {
                return new Mastership(HeldZnode.Hold(session, path, stat.Czxid));
            }

            if (there.IsDone)
            {
                await znode.WhenChangedAsync(there.Zxid, cancellationToken).ConfigureAwait(false);
            }
            else if (there.Error != TreeErrorCode.NoNode)
            {
                there.GetValueOrThrow();
            }
        }
    }
}
