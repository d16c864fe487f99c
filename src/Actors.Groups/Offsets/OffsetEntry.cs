namespace Actors.Groups.Offsets;

/// <summary>One committed offset.</summary>
/// <param name="Offset">The offset to read next.</param>
/// <param name="LeaderEpoch">Epoch of the last record read, or -1.</param>
/// <param name="Metadata">The client's note, or empty.</param>
/// <param name="CommittedAtMs">When it was committed, milliseconds since 1970.</param>
/// <param name="ExpiresAtMs">When it is forgotten, where the commit said so; else -1.</param>
/// <param name="TopicId">The topic's id at the commit, or empty.</param>
internal readonly record struct OffsetEntry(
    long Offset, int LeaderEpoch, string Metadata, long CommittedAtMs, long ExpiresAtMs, Guid TopicId);
