using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Tests.Grains.Fakes;

/// <summary>The real tree, whose answers to writes can be lost: they are done, and who asked is told that nobody knows.</summary>
internal sealed class FaultyTree(ILocalTree tree) : ILocalTree
{
    private int _toLose;
    private int _writes;

    /// <summary>Writes handed over so far.</summary>
    public int Writes => Volatile.Read(ref _writes);

    public long LastZxid => tree.LastZxid;

    public bool IsServing => !IsSilent && tree.IsServing;

    /// <summary>Every call, a sign of life too, is answered as by a silo that does not serve the tree.</summary>
    public bool IsSilent { get; set; }

    public TreeStatistics Statistics => tree.Statistics;

    /// <summary>The answers of so many writes are lost, from the next one on.</summary>
    public void LoseNext(int count) => Volatile.Write(ref _toLose, count);

    public long NewSessionId() => tree.NewSessionId();

    public void WritePassword(long sessionId, Span<byte> into) => tree.WritePassword(sessionId, into);

    public bool TryGetSession(long sessionId, out TreeSessionView session) => tree.TryGetSession(sessionId, out session);

    public void SubmitSession(TreeSessionChange change, in SessionCaller caller, int timeoutMs, ITreeSessionOwner? owner, ITreeReply reply) =>
        tree.SubmitSession(change, caller, timeoutMs, owner, reply);

    public void Submit(in SessionCaller caller, in ZnodeWrite write, ITreeReply reply) => tree.Submit(caller, write, Place(reply));

    public void SubmitMulti(in SessionCaller caller, ReadOnlySpan<ZnodeWrite> writes, ITreeReply reply) =>
        tree.SubmitMulti(caller, writes, Place(reply));

    public void SubmitFailed(in SessionCaller caller, TreeErrorCode error, ITreeReply reply) => tree.SubmitFailed(caller, error, reply);

    public void Send() => tree.Send();

    public int AddWatcher(ITreeSessionOwner owner) => tree.AddWatcher(owner);

    public void RemoveWatcher(int watcher) => tree.RemoveWatcher(watcher);

    public Task<bool> WaitAppliedAsync(long zxid, TimeSpan patience, CancellationToken cancellationToken) =>
        tree.WaitAppliedAsync(zxid, patience, cancellationToken);

    public ITreeView BeginReads() => tree.BeginReads();

    public void EndReads() => tree.EndReads();

    public TreeErrorCode ListChildren(
        ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, in ZnodeChildrenQuery query, out ZnodeChildrenPage page) =>
        tree.ListChildren(path, caller, query, out page);

    public IReadOnlyList<TreeSessionDescription> ListSessions(long afterId, int limit) => tree.ListSessions(afterId, limit);

    public bool TryDescribeSession(long sessionId, out TreeSessionDescription session) => tree.TryDescribeSession(sessionId, out session);

    public IReadOnlyList<byte[]> ListEphemerals(long sessionId, int limit) => tree.ListEphemerals(sessionId, limit);

    public IReadOnlyList<WatchedPath> ListWatches(int limit, int maxWatchers) => tree.ListWatches(limit, maxWatchers);

    public WatchedPath ListWatchers(ReadOnlySpan<byte> path, int maxWatchers) => tree.ListWatchers(path, maxWatchers);

    public IReadOnlyList<byte[]> ListWatchesOf(long sessionId, int limit) => tree.ListWatchesOf(sessionId, limit);

    private ITreeReply Place(ITreeReply reply)
    {
        Interlocked.Increment(ref _writes);
        return Volatile.Read(ref _toLose) > 0 && Interlocked.Decrement(ref _toLose) >= 0 ? new Losing(reply) : reply;
    }

    private sealed class Losing(ITreeReply reply) : ITreeReply
    {
        public ITreeSessionOwner? OnApplied(ITreeOutcome outcome, ITreeView view)
        {
            reply.OnLost();
            return null;
        }

        public void OnLost() => reply.OnLost();
    }
}
