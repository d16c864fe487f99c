using Actors.Groups.Offsets;

namespace Actors.Groups.Records;

/// <summary>
/// Kafka's records of committed offsets, as its group coordinator writes them (OffsetCommitKey, OffsetCommitValue). A tombstone (no
/// value) forgets the offset. Integers are big-endian.
/// <code>
/// key    i16 type 1 (0 in very old logs), STRING group, STRING topic, i32 partition
/// value  i16 version 4: i64 offset, i32 leader epoch (-1: none), COMPACT_STRING metadata, i64 commit time, tagged fields:
///                       0 = 16 bytes topic id, left out where it is not known
///        i16 version 1 (an offset with a retention of its own): i64 offset, STRING metadata, i64 commit time, i64 expiry time
///        read too: versions 0 and 2 (1 without expiry time),
///                  3 (4 with STRING and without tagged fields)
/// </code>
/// </summary>
internal static class OffsetRecords
{
    public const short LegacyKeyType = 0;
    public const short KeyType = 1;
    private const short CurrentVersion = 4;
    private const short ExpiringVersion = 1;
    private const uint TopicIdTag = 0;
    private const uint UuidBytes = 16;

    public static ReadOnlyMemory<byte> Key(RecordBytes into, string groupId, string topic, int partition)
    {
        into.Int16(KeyType);
        into.Text(groupId);
        into.Text(topic);
        into.Int32(partition);
        return into.Take();
    }

    public static ReadOnlyMemory<byte> Value(RecordBytes into, in OffsetEntry entry)
    {
        if (entry.ExpiresAtMs >= 0)
        {
            into.Int16(ExpiringVersion);
            into.Int64(entry.Offset);
            into.Text(entry.Metadata);
            into.Int64(entry.CommittedAtMs);
            into.Int64(entry.ExpiresAtMs);
            return into.Take();
        }

        into.Int16(CurrentVersion);
        into.Int64(entry.Offset);
        into.Int32(entry.LeaderEpoch);
        into.CompactText(entry.Metadata);
        into.Int64(entry.CommittedAtMs);
        if (entry.TopicId == Guid.Empty)
        {
            into.Byte(0);
            return into.Take();
        }

        into.Byte(1);
        into.UnsignedVarint(TopicIdTag);
        into.UnsignedVarint(UuidBytes);
        into.Uuid(entry.TopicId);
        return into.Take();
    }

    /// <summary>The rest of a key whose type is read. False: it is damaged.</summary>
    public static bool TryReadKey(ref RecordText key, out string groupId, out string topic, out int partition)
    {
        groupId = key.Text(compact: false);
        topic = key.Text(compact: false);
        partition = key.Int32();
        return key.IsGood;
    }

    /// <summary>A value. False: it is damaged, or a newer program wrote it.</summary>
    public static bool TryReadValue(ReadOnlySpan<byte> bytes, out OffsetEntry entry)
    {
        var value = new RecordText(bytes);
        var version = value.Int16();
        var flexible = version >= 4;
        entry = default;
        if (version is < 0 or > CurrentVersion)
        {
            return false;
        }

        var offset = value.Int64();
        var leaderEpoch = version >= 3 ? value.Int32() : -1;
        var metadata = value.Text(flexible);
        var committedAtMs = value.Int64();
        var expiresAtMs = version == 1 ? value.Int64() : -1;
        var topicId = flexible ? ReadTopicId(ref value) : Guid.Empty;
        entry = new OffsetEntry(offset, leaderEpoch, metadata, committedAtMs, expiresAtMs, topicId);
        return value.IsGood;
    }

    private static Guid ReadTopicId(ref RecordText value)
    {
        var topicId = Guid.Empty;
        for (var left = value.UnsignedVarint(); left > 0 && value.IsGood; left--)
        {
            var tag = value.UnsignedVarint();
            var bytes = value.UnsignedVarint();
            if (tag == TopicIdTag && bytes == UuidBytes)
            {
                topicId = value.Uuid();
            }
            else
            {
                value.Skip((int)bytes);
            }
        }

        return topicId;
    }
}
