using System.Buffers.Binary;
using System.Security.Cryptography;
using Actors.Cluster.Commands;
using Actors.Model.Ports;
using Actors.Model.Znodes;
using Actors.Node.Cluster;

namespace Actors.Node.Tree;

/// <summary>The port to the tree: turns what listeners and grains want into commands, and lets them read between two of them.</summary>
internal sealed partial class LocalTree : ILocalTree
{
    private readonly ClusterHost _host;
    private readonly byte[] _secret;
    private readonly TimeProvider _time;
    private long _nextSessionId;

    public LocalTree(ClusterHost host, byte[] secret, byte node, TimeProvider time)
    {
        _host = host;
        _secret = secret;
        _time = time;

        // As ZooKeeper's: the node, the time, and a counter that grows into it: unique without agreement, also over restarts.
        var timeMs = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();
        _nextSessionId = (long)(((ulong)node << 56) | ((timeMs << 24) >> 8));
    }

    public long LastZxid => _host.LastTreeZxid;

    public bool IsServing => _host.IsReady;

    public TreeStatistics Statistics
    {
        get
        {
            BeginReads();
            try
            {
                return _host.View.Statistics;
            }
            finally
            {
                EndReads();
            }
        }
    }

    public long NewSessionId()
    {
        long id;
        do
        {
            id = Interlocked.Increment(ref _nextSessionId);
        }
        while (id is 0 or long.MinValue);

        return id;
    }

    public void WritePassword(long sessionId, Span<byte> into)
    {
        Span<byte> id = stackalloc byte[8];
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(id, sessionId);
        HMACSHA256.HashData(_secret, id, hash);
        hash[..into.Length].CopyTo(into);
    }

    public bool TryGetSession(long sessionId, out TreeSessionView session) => _host.Sessions.TryGet(sessionId, out session);

    public void SubmitSession(TreeSessionChange change, in SessionCaller caller, int timeoutMs, ITreeSessionOwner? owner, ITreeReply reply)
    {
        var kind = change switch
        {
            TreeSessionChange.Open => CommandKind.CreateSession,
            TreeSessionChange.Move => CommandKind.MoveSession,
            _ => CommandKind.CloseSession,
        };
        _host.SubmitToTree(kind, caller, new PendingCommand(null, reply, owner), timeoutMs, change == TreeSessionChange.Close
            ? static (_, _) => { }
            : static (writer, ms) => writer.WriteSession(ms));
    }

    public void Submit(in SessionCaller caller, in ZnodeWrite write, ITreeReply reply) =>
        _host.SubmitToTree(KindOf(write.Kind), caller, new PendingCommand(null, reply), write, static (writer, w) => WriteBody(writer, w));

    public void SubmitMulti(in SessionCaller caller, ReadOnlySpan<ZnodeWrite> writes, ITreeReply reply) =>
        _host.SubmitToTree(CommandKind.MultiZnode, caller, new PendingCommand(null, reply), writes, static (writer, all) =>
        {
            writer.WriteMulti(all.Length);
            foreach (ref readonly var write in all)
            {
                writer.BeginOperation(KindOf(write.Kind));
                WriteBody(writer, write);
            }
        });

    public void SubmitFailed(in SessionCaller caller, TreeErrorCode error, ITreeReply reply) =>
        _host.SubmitToTree(CommandKind.FailedWrite, caller, new PendingCommand(null, reply), error, static (writer, e) => writer.WriteError(e));

    public void Send() => _host.SendTree();

    public int AddWatcher(ITreeSessionOwner owner) => _host.View.AddWatcher(owner);

    public void RemoveWatcher(int watcher)
    {
        BeginReads();
        try
        {
            _host.View.RemoveWatcher(watcher);
        }
        finally
        {
            EndReads();
        }
    }

    public Task<bool> WaitAppliedAsync(long zxid, TimeSpan patience, CancellationToken cancellationToken) =>
        LastZxid >= zxid ? Task.FromResult(true) : _host.Positions.WaitAsync(zxid, () => LastZxid, patience, _time, cancellationToken);

    public ITreeView BeginReads()
    {
        _host.StateGate.EnterReadLock();
        return _host.View;
    }

    public void EndReads() => _host.StateGate.ExitReadLock();

    private static CommandKind KindOf(ZnodeWriteKind kind) => kind switch
    {
        ZnodeWriteKind.Create => CommandKind.CreateZnode,
        ZnodeWriteKind.Delete => CommandKind.DeleteZnode,
        ZnodeWriteKind.SetData => CommandKind.SetZnodeData,
        ZnodeWriteKind.SetAcl => CommandKind.SetZnodeAcl,
        _ => CommandKind.CheckZnode,
    };

    private static void WriteBody(TreeCommandWriter writer, in ZnodeWrite write)
    {
        switch (write.Kind)
        {
            case ZnodeWriteKind.Create:
                writer.WriteCreate(write.Flags, write.TtlMs, write.Path.Span, write.Data.Span, write.DataIsNull, write.Acl);
                break;
            case ZnodeWriteKind.SetData:
                writer.WriteSetData(write.Path.Span, write.Version, write.Data.Span, write.DataIsNull);
                break;
            case ZnodeWriteKind.SetAcl:
                writer.WriteSetAcl(write.Path.Span, write.Version, write.Acl);
                break;
            default:
                writer.WriteVersioned(write.Path.Span, write.Version);
                break;
        }
    }
}
