using Actors.Dashboard.Api;
using Actors.Model;

namespace Actors.Dashboard.Sampling;

/// <summary>What the tree did within one interval.</summary>
/// <param name="RequestsPerSecond">Requests answered.</param>
/// <param name="WritesPerSecond">zxids given.</param>
/// <param name="LatencyMs">Mean time of the requests that were answered, ms.</param>
internal readonly record struct TreeRates(double RequestsPerSecond, double WritesPerSecond, double LatencyMs)
{
    /// <summary>What happened between two samples; a change of the zxid's epoch counts as standing still.</summary>
    public static TreeRates Between(in NodeSample before, in NodeSample now, double seconds)
    {
        var answered = now.TreeTimes.Answered - before.TreeTimes.Answered;
        var isSameEpoch = before.Tree is not null && new Zxid(before.Zxid).Epoch == new Zxid(now.Zxid).Epoch;
        return new TreeRates(
            SampleHistory.Rate(before.TreeTimes.Answered, now.TreeTimes.Answered, seconds),
            isSameEpoch ? SampleHistory.Rate(before.Zxid, now.Zxid, seconds) : 0,
            answered > 0 ? Math.Round((now.TreeTimes.SumMicros - before.TreeTimes.SumMicros) / 1000.0 / answered, 3) : 0);
    }

    /// <summary>The tree as of a sample, or null before it serves.</summary>
    public static TreeSummary? Summarize(in NodeSample sample, TreeRates rates) => sample.Tree is not { } tree ? null : new TreeSummary(
        TreeReader.Hex(sample.Zxid),
        tree.Znodes,
        tree.Ephemerals,
        tree.DataBytes,
        tree.Sessions,
        sample.ZooKeeper.OpenConnections,
        tree.Watches,
        tree.WatchedPaths,
        sample.TreeTimes.Outstanding,
        sample.TreeTimes.Answered,
        rates.RequestsPerSecond,
        rates.WritesPerSecond,
        rates.LatencyMs,
        Math.Round(sample.TreeTimes.MinMicros / 1000.0, 3),
        Math.Round(sample.TreeTimes.MeanMs, 3),
        Math.Round(sample.TreeTimes.MaxMicros / 1000.0, 3));
}
