using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Actors.Abstractions;

namespace Actors.Client;

/// <summary>
/// What members of a consumer group tell each other, in Kafka's ConsumerProtocol, version 0: later versions only add to its end, so that
/// every client reads it. Source: ConsumerProtocolSubscription.json and ConsumerProtocolAssignment.json of Apache Kafka.
/// <code>
/// subscription  version i16 | topics: count i32, each STRING | user data NULLABLE_BYTES
/// assignment    version i16 | topics: count i32, each STRING, partitions: count i32, each i32 | user data NULLABLE_BYTES
/// STRING        length i16, UTF-8          NULLABLE_BYTES  length i32 (-1: null), bytes
/// </code>
/// </summary>
internal static class ConsumerProtocol
{
    private const short Version = 0;
    private const int NullBytes = -1;

    public static byte[] EncodeSubscription(IReadOnlyCollection<string> topics)
    {
        var writer = new Writer();
        writer.Int16(Version);
        writer.Int32(topics.Count);
        foreach (var topic in topics)
        {
            writer.Text(topic);
        }

        writer.Int32(NullBytes);
        return writer.ToArray();
    }

    /// <summary>The topics; none where the bytes are not a subscription: such a member is assigned nothing.</summary>
    public static IReadOnlyList<string> DecodeSubscription(ReadOnlySpan<byte> bytes)
    {
        var reader = new Reader(bytes);
        reader.Int16();
        var topics = new List<string>();
        for (var left = reader.Count(itemBytes: sizeof(short)); left > 0 && reader.IsGood; left--)
        {
            topics.Add(reader.Text());
        }

        return reader.IsGood ? topics : [];
    }

    public static byte[] EncodeAssignment(IEnumerable<PartitionKey> partitions)
    {
        var topics = partitions.GroupBy(p => p.Topic, StringComparer.Ordinal).ToArray();
        var writer = new Writer();
        writer.Int16(Version);
        writer.Int32(topics.Length);
        foreach (var topic in topics)
        {
            writer.Text(topic.Key);
            writer.Int32(topic.Count());
            foreach (var (_, partition) in topic)
            {
                writer.Int32(partition);
            }
        }

        writer.Int32(NullBytes);
        return writer.ToArray();
    }

    /// <summary>The partitions; no bytes at all: none. False where the bytes are not an assignment.</summary>
    public static bool TryDecodeAssignment(ReadOnlySpan<byte> bytes, out IReadOnlyList<PartitionKey> partitions)
    {
        var found = new List<PartitionKey>();
        partitions = found;
        if (bytes.IsEmpty)
        {
            return true;
        }

        var reader = new Reader(bytes);
        reader.Int16();
        for (var topics = reader.Count(itemBytes: sizeof(short) + sizeof(int)); topics > 0 && reader.IsGood; topics--)
        {
            var topic = reader.Text();
            for (var left = reader.Count(itemBytes: sizeof(int)); left > 0 && reader.IsGood; left--)
            {
                found.Add(new PartitionKey(topic, reader.Int32()));
            }
        }

        return reader.IsGood;
    }

    private sealed class Writer
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public void Int16(short value)
        {
            BinaryPrimitives.WriteInt16BigEndian(_bytes.GetSpan(sizeof(short)), value);
            _bytes.Advance(sizeof(short));
        }

        public void Int32(int value)
        {
            BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(sizeof(int)), value);
            _bytes.Advance(sizeof(int));
        }

        public void Text(string text)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            Int16(checked((short)utf8.Length));
            _bytes.Write(utf8);
        }

        public byte[] ToArray() => _bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads until something does not fit; from then on everything is empty.</summary>
    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        public bool IsGood { get; private set; } = true;

        public short Int16() => Take(sizeof(short)) is { IsEmpty: false } taken ? BinaryPrimitives.ReadInt16BigEndian(taken) : (short)0;

        public int Int32() => Take(sizeof(int)) is { IsEmpty: false } taken ? BinaryPrimitives.ReadInt32BigEndian(taken) : 0;

        /// <summary>A count that the bytes that remain can hold.</summary>
        public int Count(int itemBytes)
        {
            var count = Int32();
            IsGood &= count >= 0 && (long)count * itemBytes <= _rest.Length;
            return IsGood ? count : 0;
        }

        public string Text() => Encoding.UTF8.GetString(Take(Int16()));

        private ReadOnlySpan<byte> Take(int length)
        {
            IsGood &= length >= 0 && length <= _rest.Length;
            if (!IsGood)
            {
                return default;
            }

            var taken = _rest[..length];
            _rest = _rest[length..];
            return taken;
        }
    }
}
