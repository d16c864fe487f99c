using Actors.Cluster.Acl;
using Actors.Model.Znodes;

namespace Actors.Cluster.Commands;

/// <summary>Who wants something of the tree.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Connection">
/// The connection that holds the session on the sending node, at least 0: a command of another one is refused. -1 where sessions have no
/// owner, as those of grains.
/// </param>
/// <param name="Identities">What the connection has shown; the same list object for every command that has the same.</param>
/// <param name="Operation">Number of the operation within the session, from 1 on, where retries are to be recognized; else 0.</param>
/// <param name="LowestUnanswered">Results below it are no longer needed.</param>
public readonly record struct TreeCaller(
    long SessionId, long Connection, IReadOnlyList<ZnodeIdentity> Identities, long Operation = 0, long LowestUnanswered = 0);

/// <summary>
/// Writes the tree's commands of one batch. The identities of a connection are written once per batch, with the first command that needs
/// them, and named by their number from then on; a batch is applied as a whole, so that they are there. After <see cref="Begin"/> comes
/// the body; <see cref="Written"/> is the record's value.
/// <code>
/// size field
///    1 kind, 16 to 28
///    1 version         1
///    1 flags           1 connection follows | 2 identities follow | 4 operation follows
///    8 session
///   [8 connection]
///   [8 operation | 8 lowest unanswered]
///    v identities      number in the batch from 1 on; 0: none
///   [v count, each: string scheme | string id]
///      body            see each method; a multi: v count, each: 1 kind | body
/// </code>
/// </summary>
public sealed class TreeCommandWriter
{
    internal const byte Version = 1;
    internal const byte HasConnection = 1;
    internal const byte HasIdentities = 2;
    internal const byte HasOperation = 4;

    /// <summary>Most distinct sets of identities in one batch.</summary>
    public const int MaxIdentitySets = 10_000;

    private readonly CommandWriter _writer = new();
    private readonly List<IReadOnlyList<ZnodeIdentity>> _sets = [];

    /// <summary>The command written last.</summary>
    public ReadOnlySpan<byte> Written => _writer.Written;

    /// <summary>A new batch: identities are written anew.</summary>
    public void BeginBatch() => _sets.Clear();

    /// <summary>Begins a command.</summary>
    public void Begin(CommandKind kind, in TreeCaller caller)
    {
        _writer.Clear();
        _writer.WriteByte((byte)kind);
        _writer.WriteByte(Version);
        var set = caller.Identities.Count == 0 ? 0 : NumberOf(caller.Identities);
        var isNew = set > _sets.Count;
        _writer.WriteByte((byte)(
            (caller.Connection >= 0 ? HasConnection : 0) | (isNew ? HasIdentities : 0) | (caller.Operation > 0 ? HasOperation : 0)));
        _writer.WriteInt64(caller.SessionId);
        if (caller.Connection >= 0)
        {
            _writer.WriteInt64(caller.Connection);
        }

        if (caller.Operation > 0)
        {
            _writer.WriteInt64(caller.Operation);
            _writer.WriteInt64(caller.LowestUnanswered);
        }

        _writer.WriteCount(set);
        if (isNew)
        {
            WriteIdentities(caller.Identities);
            _sets.Add(caller.Identities);
        }
    }

    /// <summary>In a multi: how many operations follow, each begun by <see cref="BeginOperation"/>.</summary>
    public void WriteMulti(int count) => _writer.WriteCount(count);

    /// <summary>In a multi: the next operation.</summary>
    public void BeginOperation(CommandKind kind) => _writer.WriteByte((byte)kind);

    /// <summary>Create: 4 flags | 8 ttlMs, -1 where the request has none | bytes path | bytes data or null | access list or null.</summary>
    public void WriteCreate(
        int flags, long ttlMs, ReadOnlySpan<byte> path, ReadOnlySpan<byte> data, bool dataIsNull, IReadOnlyList<ZnodeAcl>? acl)
    {
        _writer.WriteInt32(flags);
        _writer.WriteInt64(ttlMs);
        _writer.WriteBytes(path, isNull: false);
        _writer.WriteBytes(data, dataIsNull);
        AccessList.Encode(_writer, acl);
    }

    /// <summary>Delete, check: 4 version, -1 for any | bytes path.</summary>
    public void WriteVersioned(ReadOnlySpan<byte> path, int version)
    {
        _writer.WriteInt32(version);
        _writer.WriteBytes(path, isNull: false);
    }

    /// <summary>SetData: 4 version | bytes path | bytes data or null.</summary>
    public void WriteSetData(ReadOnlySpan<byte> path, int version, ReadOnlySpan<byte> data, bool dataIsNull)
    {
        WriteVersioned(path, version);
        _writer.WriteBytes(data, dataIsNull);
    }

    /// <summary>SetAcl: 4 version | bytes path | access list or null.</summary>
    public void WriteSetAcl(ReadOnlySpan<byte> path, int version, IReadOnlyList<ZnodeAcl>? acl)
    {
        WriteVersioned(path, version);
        AccessList.Encode(_writer, acl);
    }

    /// <summary>CreateSession, MoveSession: 4 timeoutMs. The caller's connection becomes the owner.</summary>
    public void WriteSession(int timeoutMs) => _writer.WriteInt32(timeoutMs);

    /// <summary>ExpireSession: 8 node's producer id | 8 connection, of the owner that was seen to be silent.</summary>
    public void WriteSeenOwner(long ownerNode, long ownerConnection)
    {
        _writer.WriteInt64(ownerNode);
        _writer.WriteInt64(ownerConnection);
    }

    /// <summary>DeleteExpiredZnode: 8 mzxid | 8 pzxid, as they were seen | bytes path.</summary>
    public void WriteExpired(ReadOnlySpan<byte> path, long mzxid, long pzxid)
    {
        _writer.WriteInt64(mzxid);
        _writer.WriteInt64(pzxid);
        _writer.WriteBytes(path, isNull: false);
    }

    /// <summary>FailedWrite: 4 error.</summary>
    public void WriteError(TreeErrorCode error) => _writer.WriteInt32((int)error);

    /// <summary>ChangeTreeSettings: 1 flags (1 skip access checks | 2 enforce quotas | 4 extended types) | string super digest or null.</summary>
    public void WriteSettings(Znodes.TreeSettings settings)
    {
        _writer.WriteByte((byte)((settings.SkipAcl ? 1 : 0) | (settings.EnforceQuota ? 2 : 0) | (settings.ExtendedTypes ? 4 : 0)));
        _writer.WriteString(settings.SuperDigest);
    }

    private int NumberOf(IReadOnlyList<ZnodeIdentity> identities)
    {
        for (var i = 0; i < _sets.Count; i++)
        {
            if (ReferenceEquals(_sets[i], identities))
            {
                return i + 1;
            }
        }

        return _sets.Count + 1;
    }

    private void WriteIdentities(IReadOnlyList<ZnodeIdentity> identities)
    {
        _writer.WriteCount(identities.Count);
        for (var i = 0; i < identities.Count; i++)
        {
            _writer.WriteString(identities[i].Scheme);
            _writer.WriteString(identities[i].Id);
        }
    }
}
