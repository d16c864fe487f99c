using System.Collections.Immutable;
using System.Text;
using Actors.Abstractions;
using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Grains;

/// <summary>Makes a batch of what a feed reads.</summary>
internal sealed class BatchSink : IFeedSink
{
    private readonly ImmutableArray<ZnodeEvent>.Builder _events = ImmutableArray.CreateBuilder<ZnodeEvent>();
    private readonly ImmutableArray<ZnodeWatch>.Builder _tooOld = ImmutableArray.CreateBuilder<ZnodeWatch>();
    private byte[] _lastPath = [];
    private string _lastText = "";

    public void Add(ChangePosition position, WatchEventType type, ReadOnlySpan<byte> path) =>
        _events.Add(new ZnodeEvent { Type = type, Path = Text(path), Zxid = position.Zxid, Index = position.Index });

    public void AddTooOld(WatchMode mode, ReadOnlySpan<byte> path) => _tooOld.Add(
        new ZnodeWatch { Path = Encoding.UTF8.GetString(path), IsRecursive = mode == WatchMode.PersistentRecursive });

    /// <summary>The batch, and an empty sink.</summary>
    public WatchBatch Take(long sequence, in FeedRead read) => new()
    {
        Sequence = sequence,
        Version = read.Version,
        Events = _events.DrainToImmutable(),
        EndZxid = read.End.Zxid,
        EndIndex = read.End.Index,
        Gap = read.Kind != FeedReadKind.TooOld ? null : new WatchGap
        {
            Reason = read.SinceStart ? WatchGapReason.SiloStarted : WatchGapReason.TooOld,
            OldestZxid = read.Oldest.Zxid,
            Zxid = read.End.Zxid,
            Watches = _tooOld.DrainToImmutable(),
        },
    };

    /// <summary>One znode that changes again and again is one string.</summary>
    private string Text(ReadOnlySpan<byte> path)
    {
        if (!path.SequenceEqual(_lastPath))
        {
            _lastPath = path.ToArray();
            _lastText = Encoding.UTF8.GetString(path);
        }

        return _lastText;
    }
}
