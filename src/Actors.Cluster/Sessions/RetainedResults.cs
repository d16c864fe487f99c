using Actors.Cluster.Catalog;
using Actors.Cluster.Commands;
using Actors.Cluster.Znodes;
using Actors.Model.Znodes;

namespace Actors.Cluster.Sessions;

/// <summary>
/// The results of a session's last operations, for clients that number them: one that is asked for again, because its answer was lost, is
/// answered again and not done again. Kept from the lowest operation that the client has no answer to.
/// <code>
/// a result: v operations, each: 1 kind | 4 error | 1 with stat and path | [8 czxid | 8 mzxid | 8 ctimeMs | 8 mtimeMs | 4 version |
///           4 cversion | 4 aversion | 8 ephemeralOwner | 4 dataLength | 4 children | 8 pzxid | bytes path]
/// </code>
/// </summary>
internal sealed class RetainedResults
{
    /// <summary>Most results kept for a session; an operation beyond them is refused until the client has taken answers.</summary>
    public const int MaxResults = 64;

    /// <summary>Most bytes of one result; of a longer one only the errors are kept.</summary>
    public const int MaxResultBytes = 1024;

    private readonly SortedDictionary<long, byte[]> _results = [];

    /// <summary>Number of results.</summary>
    public int Count => _results.Count;

    /// <summary>Digest of all of them.</summary>
    public ulong Digest { get; private set; }

    /// <summary>Operations below it have their answers.</summary>
    public long Lowest { get; private set; } = 1;

    public bool IsFull => _results.Count >= MaxResults;

    /// <summary>The client has the answers to all operations below.</summary>
    public void Forget(long lowest)
    {
        Lowest = Math.Max(Lowest, lowest);
        while (_results.Count > 0 && First() is var first && first < Lowest)
        {
            Digest -= DigestOf(first, _results[first]);
            _results.Remove(first);
        }
    }

    /// <summary>Whether the operation was done; then its result is the outcome again.</summary>
    public bool TryRepeat(long operation, TreeOutcome outcome)
    {
        if (!_results.TryGetValue(operation, out var bytes))
        {
            return false;
        }

        var reader = new CommandReader(bytes);
        var count = reader.ReadCount();
        for (var i = 0; i < count; i++)
        {
            var kind = (CommandKind)reader.ReadByte();
            var error = (TreeErrorCode)reader.ReadInt32();
            var (stat, start, length) = (default(ZnodeStat), 0, 0);
            if (reader.ReadBoolean())
            {
                stat = new ZnodeStat(
                    reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32(),
                    reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt64());
                var path = reader.ReadBytes(out _);
                length = path.Length;
                path.CopyTo(outcome.AddPath(length, out start));
            }

            outcome.AddResult(kind, error, stat, start, length);
            outcome.Error = count == 1 && outcome.Kind != CommandKind.MultiZnode ? error : TreeErrorCode.Ok;
        }

        return true;
    }

    /// <summary>Keeps what became of an operation.</summary>
    public void Keep(long operation, TreeOutcome outcome)
    {
        var writer = new CommandWriter();
        Encode(writer, outcome, isWhole: true);
        if (writer.Written.Length > MaxResultBytes)
        {
            writer.Clear();
            Encode(writer, outcome, isWhole: false);
        }

        Add(operation, writer.Written.ToArray());
    }

    /// <summary>8 lowest | v count, each: 8 operation | bytes result.</summary>
    public void Encode(CommandWriter writer)
    {
        writer.WriteInt64(Lowest);
        writer.WriteCount(_results.Count);
        foreach (var (operation, bytes) in _results)
        {
            writer.WriteInt64(operation);
            writer.WriteBytes(bytes, isNull: false);
        }
    }

    public bool Decode(ref CommandReader reader)
    {
        Lowest = reader.ReadInt64();
        for (var count = reader.ReadCount(leastBytesEach: 9); count > 0 && !reader.Failed; count--)
        {
            var operation = reader.ReadInt64();
            var bytes = reader.ReadBytes(out _);
            if (reader.Failed || operation < Lowest || _results.ContainsKey(operation) || IsFull)
            {
                return false;
            }

            Add(operation, bytes.ToArray());
        }

        return !reader.Failed;
    }

    private void Add(long operation, byte[] bytes)
    {
        _results.Add(operation, bytes);
        Digest += DigestOf(operation, bytes);
    }

    private long First()
    {
        foreach (var operation in _results.Keys)
        {
            return operation;
        }

        return long.MaxValue;
    }

    private static ulong DigestOf(long operation, byte[] bytes) => (Digest64.Compute(bytes) * 31) + (ulong)operation;

    private static void Encode(CommandWriter writer, TreeOutcome outcome, bool isWhole)
    {
        writer.WriteCount(outcome.Results.Length);
        foreach (ref readonly var result in outcome.Results)
        {
            writer.WriteByte((byte)result.Kind);
            writer.WriteInt32((int)result.Error);
            var hasStat = isWhole && result.Error == TreeErrorCode.Ok;
            writer.WriteBoolean(hasStat);
            if (hasStat)
            {
                var stat = result.Stat;
                writer.WriteInt64(stat.Czxid);
                writer.WriteInt64(stat.Mzxid);
                writer.WriteInt64(stat.CtimeMs);
                writer.WriteInt64(stat.MtimeMs);
                writer.WriteInt32(stat.Version);
                writer.WriteInt32(stat.Cversion);
                writer.WriteInt32(stat.Aversion);
                writer.WriteInt64(stat.EphemeralOwner);
                writer.WriteInt32(stat.DataLengthBytes);
                writer.WriteInt32(stat.ChildCount);
                writer.WriteInt64(stat.Pzxid);
                writer.WriteBytes(outcome.PathOf(result), isNull: false);
            }
        }
    }
}
