using Actors.Model.Znodes;

namespace Actors.Cluster.Znodes;

/// <summary>
/// Quotas: <c>/zookeeper/quota/PATH/zookeeper_limits</c> limits the subtree of PATH, <c>zookeeper_stats</c> beside it counts it. The counts
/// are kept here and are no write that anybody watches, as in ZooKeeper.
/// </summary>
public sealed partial class TreeMachine
{
    private static ReadOnlySpan<byte> QuotaRoot => "/zookeeper/quota"u8;

    private static ReadOnlySpan<byte> LimitsName => "zookeeper_limits"u8;

    private static ReadOnlySpan<byte> StatsName => "zookeeper_stats"u8;

    /// <summary>Number of writes that went beyond a soft limit, for a node's health; no part of the state.</summary>
    public long SoftQuotaExcesses { get; private set; }

    private TreeErrorCode CheckQuota(ReadOnlySpan<byte> path, ReadOnlySpan<byte> data, bool dataIsNull, long bytesMore, int countMore)
    {
        if (path.StartsWith(QuotaRoot) && !IsPlausible(path, data, dataIsNull))
        {
            return TreeErrorCode.BadArguments;
        }

        var quota = FindQuota(path);
        if (quota == ZnodeTree.None || !TryRead(quota, LimitsName, out var limits) || !TryRead(quota, StatsName, out var stats))
        {
            return TreeErrorCode.Ok;
        }

        var count = countMore == 0 ? Verdict.Within : Compare(stats.Count + countMore, limits.Count, limits.CountHardLimit);
        var bytes = bytesMore == 0 ? Verdict.Within : Compare(stats.Bytes + bytesMore, limits.Bytes, limits.ByteHardLimit);
        SoftQuotaExcesses += count == Verdict.BeyondSoft || bytes == Verdict.BeyondSoft ? 1 : 0;
        return Settings.EnforceQuota && (count == Verdict.BeyondHard || bytes == Verdict.BeyondHard) ? TreeErrorCode.QuotaExceeded : TreeErrorCode.Ok;
    }

    /// <summary>Counts a change in the quota of the path, if it has one.</summary>
    private void CountQuota(ReadOnlySpan<byte> path, long bytesMore, int countMore)
    {
        var quota = FindQuota(path);
        if (quota != ZnodeTree.None && TryRead(quota, StatsName, out var stats))
        {
            WriteStats(_tree.FindChild(quota, StatsName), stats with { Count = stats.Count + countMore, Bytes = stats.Bytes + bytesMore });
        }
    }

    private void OnCreated(int parent, int index, ReadOnlySpan<byte> name, ReadOnlySpan<byte> path, int bytes)
    {
        if (name.SequenceEqual(StatsName) && path.StartsWith(QuotaRoot) && parent != _tree.Find(QuotaRoot))
        {
            var subject = _tree.Find(path[QuotaRoot.Length..^(StatsName.Length + 1)]);
            var (count, total) = subject == ZnodeTree.None ? (0, 0) : Measure(subject);
            WriteStats(index, QuotaTrack.None with { Count = count, Bytes = total });
        }

        CountQuota(path, bytes, 1);
    }

    /// <summary>The node under /zookeeper/quota for the longest prefix of the path that has limits; none for /zookeeper itself.</summary>
    private int FindQuota(ReadOnlySpan<byte> path)
    {
        var at = _tree.Find(QuotaRoot);
        if (at == ZnodeTree.None || _tree[at].ChildCount == 0)
        {
            return ZnodeTree.None;
        }

        var found = ZnodeTree.None;
        var depth = 0;
        for (var rest = path[1..]; ; depth++)
        {
            var slash = rest.IndexOf((byte)'/');
            var name = slash < 0 ? rest : rest[..slash];
            at = _tree.FindChild(at, name);
            if (at == ZnodeTree.None)
            {
                return found;
            }

            if (_tree.FindChild(at, LimitsName) != ZnodeTree.None)
            {
                found = depth == 0 && name.SequenceEqual("zookeeper"u8) ? ZnodeTree.None : at;
            }

            if (slash < 0)
            {
                return found;
            }

            rest = rest[(slash + 1)..];
        }
    }

    private bool TryRead(int quota, ReadOnlySpan<byte> name, out QuotaTrack track)
    {
        track = QuotaTrack.None;
        var index = _tree.FindChild(quota, name);
        return index != ZnodeTree.None && QuotaTrack.TryParse(_tree.DataOf(index), out track);
    }

    private void WriteStats(int index, in QuotaTrack stats)
    {
        _tree.Change(index);
        _tree.SetData(index, stats.ToBytes(), isNull: false);
        _tree.Changed(index);
    }

    private (int Count, long Bytes) Measure(int top)
    {
        var (count, bytes) = (0, 0L);
        for (var index = top; index != ZnodeTree.None; index = _tree.After(index, top))
        {
            count++;
            bytes += Math.Max(_tree[index].DataLength, 0);
        }

        return (count, bytes);
    }

    /// <summary>What is written where quotas are read must be readable, and belong to a path.</summary>
    private static bool IsPlausible(ReadOnlySpan<byte> path, ReadOnlySpan<byte> data, bool dataIsNull)
    {
        var slash = path.LastIndexOf((byte)'/');
        var name = path[(slash + 1)..];
        return !(name.SequenceEqual(LimitsName) || name.SequenceEqual(StatsName)) || !path.StartsWith("/zookeeper/quota/"u8)
            || (slash > QuotaRoot.Length && !dataIsNull && QuotaTrack.TryParse(data, out _));
    }

    private static Verdict Compare(long value, long soft, long hard) =>
        hard > -1 ? (value > hard ? Verdict.BeyondHard : Verdict.Within) : soft > -1 && value > soft ? Verdict.BeyondSoft : Verdict.Within;

    private enum Verdict
    {
        Within,
        BeyondSoft,
        BeyondHard,
    }
}
