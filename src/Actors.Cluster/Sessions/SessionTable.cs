using System.Diagnostics.CodeAnalysis;
using Actors.Cluster.Catalog;
using Actors.Cluster.Commands;

namespace Actors.Cluster.Sessions;

/// <summary>The sessions, by id.</summary>
public sealed class SessionTable
{
    private readonly SortedDictionary<long, TreeSession> _sessions = [];
    private readonly CommandWriter _scratch = new();

    /// <summary>Number of sessions.</summary>
    public int Count => _sessions.Count;

    /// <summary>The sessions in order of their ids.</summary>
    public IReadOnlyCollection<TreeSession> All => _sessions.Values;

    /// <summary>Digest of all of them.</summary>
    internal ulong Digest { get; private set; }

    /// <summary>The session of this id.</summary>
    public bool TryGet(long id, [NotNullWhen(true)] out TreeSession? session) => _sessions.TryGetValue(id, out session);

    internal void Add(TreeSession session)
    {
        _sessions.Add(session.Id, session);
        Digest += DigestOf(session);
    }

    internal void Change(TreeSession session, int timeoutMs, long ownerNode, long ownerConnection)
    {
        Digest -= DigestOf(session);
        (session.TimeoutMs, session.OwnerNode, session.OwnerConnection) = (timeoutMs, ownerNode, ownerConnection);
        Digest += DigestOf(session);
    }

    internal void Remove(TreeSession session)
    {
        _sessions.Remove(session.Id);
        Digest -= DigestOf(session) + (session.Results?.Digest ?? 0);
    }

    /// <summary>The client has the answers to all operations below <paramref name="lowest"/>.</summary>
    internal void Forget(TreeSession session, long lowest)
    {
        session.Results ??= new RetainedResults();
        Digest -= session.Results.Digest;
        session.Results.Forget(lowest);
        Digest += session.Results.Digest;
    }

    /// <summary>Keeps the result of an operation.</summary>
    internal void Keep(TreeSession session, long operation, Znodes.TreeOutcome outcome)
    {
        Digest -= session.Results!.Digest;
        session.Results.Keep(operation, outcome);
        Digest += session.Results.Digest;
    }

    /// <summary>
    /// <code>
    /// v count, each: 8 id | 4 timeoutMs | 8 ownerNode | 8 ownerConnection | 1 with results | [results, see RetainedResults]
    /// </code>
    /// </summary>
    internal void Encode(CommandWriter writer)
    {
        writer.WriteCount(_sessions.Count);
        foreach (var session in _sessions.Values)
        {
            Encode(session, writer);
            writer.WriteBoolean(session.Results is not null);
            session.Results?.Encode(writer);
        }
    }

    internal bool Decode(ref CommandReader reader)
    {
        for (var count = reader.ReadCount(leastBytesEach: 29); count > 0 && !reader.Failed; count--)
        {
            var session = new TreeSession(reader.ReadInt64(), reader.ReadInt32())
            {
                OwnerNode = reader.ReadInt64(),
                OwnerConnection = reader.ReadInt64(),
            };
            session.Results = reader.ReadBoolean() ? new RetainedResults() : null;
            if (session.Results?.Decode(ref reader) == false)
            {
                return false;
            }

            if (reader.Failed || session.Id == 0 || _sessions.ContainsKey(session.Id))
            {
                return false;
            }

            Add(session);
            Digest += session.Results?.Digest ?? 0;
        }

        return !reader.Failed;
    }

    private static void Encode(TreeSession session, CommandWriter writer)
    {
        writer.WriteInt64(session.Id);
        writer.WriteInt32(session.TimeoutMs);
        writer.WriteInt64(session.OwnerNode);
        writer.WriteInt64(session.OwnerConnection);
    }

    private ulong DigestOf(TreeSession session)
    {
        _scratch.Clear();
        Encode(session, _scratch);
        return Digest64.Compute(_scratch.Written);
    }
}
