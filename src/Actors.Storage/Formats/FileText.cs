using System.Globalization;
using System.Text;

namespace Actors.Storage.Formats;

/// <summary>Names and small text files of a partition's folder; all are Kafka's.</summary>
internal static class FileText
{
    public const string LogSuffix = ".log";
    public const string IndexSuffix = ".index";
    public const string TimeIndexSuffix = ".timeindex";
    public const string TransactionIndexSuffix = ".txnindex";
    public const string SnapshotSuffix = ".snapshot";
    public const string TornSuffix = ".torn";
    public const string TemporarySuffix = ".tmp";
    public const string CleanedSuffix = ".cleaned";
    public const string SwapSuffix = ".swap";
    public const string DeletedSuffix = ".deleted";
    public const string EpochFile = "leader-epoch-checkpoint";
    public const string MetadataFile = "partition.metadata";

    /// <summary>A name with an offset in it: twenty digits and the suffix.</summary>
    public static string OffsetName(long offset, string suffix) => offset.ToString("D20", CultureInfo.InvariantCulture) + suffix;

    /// <summary>The offset in such a name.</summary>
    public static bool TryParseOffset(string name, string suffix, out long offset)
    {
        offset = 0;
        return name.Length == 20 + suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, 20), NumberStyles.None, CultureInfo.InvariantCulture, out offset);
    }

    /// <summary>
    /// Text of <c>partition.metadata</c> (Kafka's PartitionMetadataFile): the topic id in Kafka's notation, URL-safe base64 of its
    /// sixteen bytes, big-endian, without padding.
    /// </summary>
    public static string FormatMetadata(Guid topicId)
    {
        Span<byte> bytes = stackalloc byte[16];
        topicId.TryWriteBytes(bytes, bigEndian: true, out _);
        return $"version: 0\ntopic_id: {System.Buffers.Text.Base64Url.EncodeToString(bytes)}\n";
    }

    /// <summary>The topic id in <c>partition.metadata</c>, or null if the text is something else.</summary>
    public static Guid? ParseMetadata(string text)
    {
        const string Key = "topic_id: ";
        var lines = text.Split('\n');
        if (lines.Length < 2 || lines[0] != "version: 0" || !lines[1].StartsWith(Key, StringComparison.Ordinal))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[18];
        var status = System.Buffers.Text.Base64Url.DecodeFromChars(lines[1].AsSpan(Key.Length), bytes, out _, out var written);
        return status == System.Buffers.OperationStatus.Done && written == 16 ? new Guid(bytes[..16], bigEndian: true) : null;
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
