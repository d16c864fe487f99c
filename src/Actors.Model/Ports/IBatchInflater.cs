using Actors.Model.Records;

namespace Actors.Model.Ports;

/// <summary>Turns a batch's compressed records into plain ones, with a cap, so that a bomb costs no memory.</summary>
public interface IBatchInflater
{
    /// <summary>
    /// Inflates piece by piece; each piece goes to <paramref name="sink"/> in order, which returns false to stop early.
    /// Answers <see cref="ErrorCode.None"/>, <see cref="ErrorCode.CorruptMessage"/> for bytes that do not inflate,
    /// <see cref="ErrorCode.MessageTooLarge"/> beyond <paramref name="maxBytes"/>, or
    /// <see cref="ErrorCode.UnsupportedCompressionType"/>.
    /// </summary>
    ErrorCode Inflate(CompressionCodec codec, ReadOnlyMemory<byte> compressed, long maxBytes, IInflatedSink sink);

    /// <summary>Compresses plain records, for topics whose <c>compression.type</c> names a codec.</summary>
    byte[] Deflate(CompressionCodec codec, ReadOnlySpan<byte> records);
}

/// <summary>Takes inflated bytes.</summary>
public interface IInflatedSink
{
    /// <summary>The next bytes; valid during the call only. False: stop.</summary>
    bool Take(ReadOnlySpan<byte> bytes);
}
