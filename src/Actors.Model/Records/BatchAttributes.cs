namespace Actors.Model.Records;

/// <summary>The attribute bits of a record batch v2.</summary>
[Flags]
public enum BatchAttributes : short
{
    /// <summary>No bit set: uncompressed, CreateTime.</summary>
    None = 0,
    /// <summary>Bits 0-2: the codec, a <see cref="CompressionCodec"/>.</summary>
    CodecMask = 0x07,
    /// <summary>Timestamps are the leader's append time.</summary>
    LogAppendTime = 0x08,
    /// <summary>Part of a transaction.</summary>
    Transactional = 0x10,
    /// <summary>A control batch: markers, not data.</summary>
    Control = 0x20,
    /// <summary>baseTimestamp holds the delete horizon (KIP-534).</summary>
    DeleteHorizon = 0x40,
}

/// <summary>Compression codecs of record batches, by their number in the attributes.</summary>
public enum CompressionCodec
{
    /// <summary>Not compressed.</summary>
    None = 0,
    /// <summary>gzip.</summary>
    Gzip = 1,
    /// <summary>snappy, framed as xerial's snappy-java does, or raw.</summary>
    Snappy = 2,
    /// <summary>lz4 frame format.</summary>
    Lz4 = 3,
    /// <summary>zstd (from Produce v7 on, KIP-110).</summary>
    Zstd = 4,
}
