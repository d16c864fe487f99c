using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Records;
using Actors.Storage.Codecs;

namespace Actors.Storage.Cleaning;

/// <summary>A batch's records, inflated into a buffer that is used again.</summary>
internal sealed class PlainRecords : IInflatedSink
{
    /// <summary>Most bytes that one batch may inflate to, 256 MiB: four times what a producer's batch may.</summary>
    public const int MaxInflatedBytes = 256 << 20;

    private static readonly BatchInflater s_inflater = new();
    private byte[] _buffer = [];
    private int _length;

    /// <summary>The records as they are before compression; valid until the next call.</summary>
    /// <exception cref="StorageCorruptionException">They do not inflate.</exception>
    public ReadOnlySpan<byte> Read(in RecordBatchInfo info, ReadOnlyMemory<byte> batch)
    {
        var records = batch[RecordBatch.HeaderBytes..];
        if (info.Codec == CompressionCodec.None || info.RecordCount == 0)
        {
            return records.Span;
        }

        _length = 0;
        var error = s_inflater.Inflate(info.Codec, records, MaxInflatedBytes, this);
        return error == ErrorCode.None
            ? _buffer.AsSpan(0, _length)
            : throw new StorageCorruptionException($"the batch at offset {info.BaseOffset} does not inflate as {info.Codec}: {error}");
    }

    /// <summary>Compresses records with a batch's codec.</summary>
    public static byte[] Deflate(CompressionCodec codec, ReadOnlySpan<byte> records) => s_inflater.Deflate(codec, records);

    bool IInflatedSink.Take(ReadOnlySpan<byte> bytes)
    {
        if (_buffer.Length - _length < bytes.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_length + bytes.Length, Math.Max(64 << 10, _buffer.Length * 2)));
        }

        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
        return true;
    }
}
