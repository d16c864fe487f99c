using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Tests.Dashboard;

/// <summary>A tree that does not serve yet.</summary>
internal sealed class NoTree : ILocalTree
{
    public long LastZxid => 0;

    public bool IsServing => false;

    public TreeStatistics Statistics => throw new NotSupportedException();

    public TreeErrorCode ListChildren(
        ReadOnlySpan<byte> path, IReadOnlyList<ZnodeIdentity> caller, in ZnodeChildrenQuery query, out ZnodeChildrenPage page) =>
        throw new NotSupportedException();

    public IReadOnlyList<TreeSessionDescription> ListSessions(long afterId, int limit) => throw new NotSupportedException();

    public bool TryDescribeSession(long sessionId, out TreeSessionDescription session) => throw new NotSupportedException();

    public IReadOnlyList<byte[]> ListEphemerals(long sessionId, int limit) => throw new NotSupportedException();

    public IReadOnlyList<WatchedPath> ListWatches(int limit, int maxWatchers) => throw new NotSupportedException();

    public WatchedPath ListWatchers(ReadOnlySpan<byte> path, int maxWatchers) => throw new NotSupportedException();

    public IReadOnlyList<byte[]> ListWatchesOf(long sessionId, int limit) => throw new NotSupportedException();

    public long NewSessionId() => throw new NotSupportedException();

    public void WritePassword(long sessionId, Span<byte> into) => throw new NotSupportedException();

    public bool TryGetSession(long sessionId, out TreeSessionView session) => throw new NotSupportedException();

    public void SubmitSession(TreeSessionChange change, in SessionCaller caller, int timeoutMs, ITreeSessionOwner? owner, ITreeReply reply) =>
        throw new NotSupportedException();

    public void Submit(in SessionCaller caller, in ZnodeWrite write, ITreeReply reply) => throw new NotSupportedException();

    public void SubmitMulti(in SessionCaller caller, ReadOnlySpan<ZnodeWrite> writes, ITreeReply reply) => throw new NotSupportedException();

    public void SubmitFailed(in SessionCaller caller, TreeErrorCode error, ITreeReply reply) => throw new NotSupportedException();

    public void Send() => throw new NotSupportedException();

    public int AddWatcher(ITreeSessionOwner owner) => throw new NotSupportedException();

    public void RemoveWatcher(int watcher) => throw new NotSupportedException();

    public Task<bool> WaitAppliedAsync(long zxid, TimeSpan patience, CancellationToken cancellationToken) => Task.FromResult(false);

    public ITreeView BeginReads() => throw new NotSupportedException();

    public void EndReads() => throw new NotSupportedException();
}
