using Actors.Cluster.Acl;
using Actors.Cluster.Commands;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Cluster.Znodes;

/// <summary>What became of one operation.</summary>
/// <param name="Kind">The operation.</param>
/// <param name="Error">Ok, or why nothing changed.</param>
/// <param name="Stat">The znode after it, where there is one to tell of.</param>
/// <param name="PathStart">Where the created path begins in the outcome's paths.</param>
/// <param name="PathLength">Its length; 0: none.</param>
public readonly record struct TreeResult(CommandKind Kind, TreeErrorCode Error, ZnodeStat Stat, int PathStart, int PathLength);

/// <summary>A change somebody may watch.</summary>
/// <param name="Type">What happened.</param>
/// <param name="PathStart">Where the path begins in the outcome's paths.</param>
/// <param name="PathLength">Its length.</param>
/// <param name="Readers">The access list that says who may be told.</param>
public readonly record struct TreeChange(WatchEventType Type, int PathStart, int PathLength, AccessList Readers);

/// <summary>
/// Outcome of the tree command that was applied last: results in order of the operations, changes in order. One object, reused: what is
/// wanted longer is copied before the next command.
/// </summary>
public sealed class TreeOutcome : ITreeOutcome
{
    private byte[] _paths = new byte[256];
    private int _pathsEnd;
    private TreeResult[] _results = new TreeResult[4];
    private int _resultCount;
    private TreeChange[] _changes = new TreeChange[8];
    private int _changeCount;

    /// <summary>The command.</summary>
    public CommandKind Kind { get; private set; }

    /// <summary>Its session.</summary>
    public long SessionId { get; private set; }

    /// <summary>Its zxid.</summary>
    public Zxid Zxid { get; private set; }

    /// <summary>The error of the command as a whole: of its only operation; of a multi always none.</summary>
    public TreeErrorCode Error { get; internal set; }

    /// <summary>The operations' results, one for every operation of a multi.</summary>
    public ReadOnlySpan<TreeResult> Results => _results.AsSpan(0, _resultCount);

    /// <summary>What changed.</summary>
    public ReadOnlySpan<TreeChange> Changes => _changes.AsSpan(0, _changeCount);

    /// <summary>The path of a result.</summary>
    public ReadOnlySpan<byte> PathOf(in TreeResult result) => _paths.AsSpan(result.PathStart, result.PathLength);

    /// <summary>The path of a change.</summary>
    public ReadOnlySpan<byte> PathOf(in TreeChange change) => _paths.AsSpan(change.PathStart, change.PathLength);

    /// <inheritdoc/>
    public long ZxidValue => Zxid.Value;

    /// <inheritdoc/>
    public int ResultCount => _resultCount;

    /// <inheritdoc/>
    public TreeErrorCode ErrorOf(int index) => Results[index].Error;

    /// <inheritdoc/>
    public ZnodeStat StatOf(int index) => Results[index].Stat;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> PathOf(int index) => PathOf(Results[index]);

    internal void Begin(CommandKind kind, long sessionId, Zxid zxid)
    {
        (Kind, SessionId, Zxid, Error) = (kind, sessionId, zxid, TreeErrorCode.Ok);
        (_pathsEnd, _resultCount) = (0, 0);
        _changes.AsSpan(0, _changeCount).Clear();
        _changeCount = 0;
    }

    internal void AddResult(CommandKind kind, TreeErrorCode error, in ZnodeStat stat, int pathStart, int pathLength)
    {
        if (_resultCount == _results.Length)
        {
            Array.Resize(ref _results, _resultCount * 2);
        }

        _results[_resultCount++] = new TreeResult(kind, error, stat, pathStart, pathLength);
    }

    internal void AddChange(WatchEventType type, int pathStart, int pathLength, AccessList readers)
    {
        if (_changeCount == _changes.Length)
        {
            Array.Resize(ref _changes, _changeCount * 2);
        }

        _changes[_changeCount++] = new TreeChange(type, pathStart, pathLength, readers);
    }

    /// <summary>Room for a path; answers where it begins.</summary>
    internal Span<byte> AddPath(int length, out int start)
    {
        if (_paths.Length - _pathsEnd < length)
        {
            Array.Resize(ref _paths, Math.Max(_pathsEnd + length, _paths.Length * 2));
        }

        start = _pathsEnd;
        _pathsEnd += length;
        return _paths.AsSpan(start, length);
    }

    /// <summary>A multi failed at an operation: those before it did nothing, those behind were not tried.</summary>
    internal void FailMulti(int failedAt, TreeErrorCode error, ReadOnlySpan<CommandKind> kinds)
    {
        _resultCount = 0;
        _changeCount = 0;
        for (var i = 0; i < kinds.Length; i++)
        {
            var code = i < failedAt ? TreeErrorCode.Ok : i == failedAt ? error : TreeErrorCode.RuntimeInconsistency;
            AddResult(kinds[i], code, default, 0, 0);
        }
    }
}
