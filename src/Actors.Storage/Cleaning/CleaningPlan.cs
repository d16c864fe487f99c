namespace Actors.Storage.Cleaning;

/// <summary>What one cleaning is to do; made on the log thread, does not change.</summary>
/// <param name="Folder">The partition's folder.</param>
/// <param name="Segments">All segments from the log's first one to the last that may be cleaned, in order, without gaps.</param>
/// <param name="FirstDirtyOffset">Everything below was in a map before: at most one record of each key, but for newer ones.</param>
/// <param name="Rules">What stays.</param>
/// <param name="SegmentBytes">Most bytes of segments that become one.</param>
/// <param name="SegmentIndexBytes">Most index bytes of segments that become one.</param>
/// <param name="IndexIntervalBytes"><c>index.interval.bytes</c>.</param>
/// <param name="MapBytes">Most memory of the map.</param>
internal sealed record CleaningPlan(
    string Folder, IReadOnlyList<SegmentSource> Segments, long FirstDirtyOffset, CleaningRules Rules, int SegmentBytes, int SegmentIndexBytes,
    int IndexIntervalBytes, long MapBytes)
{
    /// <summary>End of what may be cleaned.</summary>
    public long EndOffset => Segments[^1].EndOffset;
}
