using Actors.Model.Leases;

namespace Actors.Model.Ports;

/// <summary>How far a read may see.</summary>
public enum ReadIsolation : byte
{
    /// <summary>Below the high watermark.</summary>
    ReadUncommitted = 0,
    /// <summary>Below the last stable offset.</summary>
    ReadCommitted = 1,
}

/// <summary>What to read from a partition.</summary>
public readonly record struct ReadRequest
{
    /// <summary>First offset wanted.</summary>
    public required long Offset { get; init; }
    /// <summary>Most bytes to return.</summary>
    public required int MaxBytes { get; init; }
    /// <summary>Return a first batch even if it is larger than <see cref="MaxBytes"/> (KIP-74).</summary>
    public required bool FirstBatchWhole { get; init; }
    /// <summary>How far to see.</summary>
    public ReadIsolation Isolation { get; init; }
    /// <summary>The epoch the consumer believes in, or -1 (KIP-320).</summary>
    public required int CurrentLeaderEpoch { get; init; }
    /// <summary>Epoch of the last record the consumer has, or -1 (KIP-595's divergence check).</summary>
    public required int LastFetchedEpoch { get; init; }
    /// <summary>
    /// Null: all bytes are wanted in memory. Else records that lie in files may be answered with regions, added here instead of slices;
    /// they come before all slices of the same read, each is whole batches and is the caller's to release.
    /// </summary>
    public List<FileRegion>? Regions { get; init; }
    /// <summary>Records of fewer bytes are answered with slices.</summary>
    public int MinRegionBytes { get; init; }
}

/// <summary>Outcome of a read; the bytes are in the caller's lists.</summary>
/// <param name="Error">None, OffsetOutOfRange, FencedLeaderEpoch, UnknownLeaderEpoch, NotLeaderOrFollower, KafkaStorageError.</param>
/// <param name="Offsets">The partition's offsets at the time of the read, on errors too where they are known.</param>
/// <param name="Bytes">Bytes added to the lists.</param>
/// <param name="LeaderEpoch">The partition's leader epoch.</param>
/// <param name="Diverging">Where the consumer's log left ours, if it did; else <see cref="EpochEnd.Unknown"/>.</param>
public readonly record struct ReadResult(ErrorCode Error, PartitionOffsets Offsets, int Bytes, int LeaderEpoch, EpochEnd Diverging);

/// <summary>An epoch and where it ends.</summary>
/// <param name="Error">None or why there is no answer.</param>
/// <param name="Epoch">The epoch, or -1.</param>
/// <param name="EndOffset">Its end (first offset of the next epoch, or log end), or -1.</param>
public readonly record struct EpochEnd(ErrorCode Error, int Epoch, long EndOffset)
{
    /// <summary>No epoch.</summary>
    public static EpochEnd Unknown { get; } = new(ErrorCode.None, -1, -1);
}

/// <summary>What an offset query asks for: a timestamp in ms, or one of the special values.</summary>
/// <param name="Timestamp">Milliseconds since 1970, or one of the constants here.</param>
/// <param name="Isolation">Latest means the high watermark or the last stable offset.</param>
/// <param name="CurrentLeaderEpoch">The epoch the caller believes in, or -1.</param>
public readonly record struct OffsetQuery(long Timestamp, ReadIsolation Isolation, int CurrentLeaderEpoch)
{
    /// <summary>The high watermark or last stable offset.</summary>
    public const long Latest = -1;
    /// <summary>The log start.</summary>
    public const long Earliest = -2;
    /// <summary>The record with the greatest timestamp (KIP-734).</summary>
    public const long MaxTimestamp = -3;
    /// <summary>The start of what is kept locally (KIP-405): the log start, since nothing is tiered.</summary>
    public const long EarliestLocal = -4;
    /// <summary>The end of what is tiered (KIP-1005): none.</summary>
    public const long LatestTiered = -5;
}

/// <summary>Answer to an <see cref="OffsetQuery"/>.</summary>
/// <param name="Error">None, OffsetNotAvailable, FencedLeaderEpoch, UnknownLeaderEpoch, UnsupportedForMessageFormat, KafkaStorageError.</param>
/// <param name="Offset">The offset, or -1 if nothing matches.</param>
/// <param name="TimestampMs">Timestamp of the record found, or -1.</param>
/// <param name="LeaderEpoch">Epoch of the record found, or -1.</param>
public readonly record struct OffsetLookup(ErrorCode Error, long Offset, long TimestampMs, int LeaderEpoch);
