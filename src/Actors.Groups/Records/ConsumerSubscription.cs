using System.Text;

namespace Actors.Groups.Records;

/// <summary>
/// The part of a consumer's subscription that the coordinator looks at (ConsumerProtocolSubscription): version i16, topics as an array
/// (i32 count) of STRING, the assignor's own data as NULLABLE_BYTES; what follows is for the assignor alone.
/// </summary>
internal static class ConsumerSubscription
{
    /// <summary>Whether the subscription names the topic. False: it cannot be read.</summary>
    public static bool TryContains(ReadOnlySpan<byte> subscription, string topic, out bool contains)
    {
        contains = false;
        var reader = new RecordText(subscription);
        var version = reader.Int16();
        var count = reader.Int32();
        if (!reader.IsGood || version < 0 || count < 0)
        {
            return false;
        }

        Span<byte> wanted = stackalloc byte[Encoding.UTF8.GetMaxByteCount(topic.Length) is <= 1024 and var most ? most : 0];
        if (wanted.IsEmpty && topic.Length > 0)
        {
            return true; // no topic has a name that long
        }

        wanted = wanted[..Encoding.UTF8.GetBytes(topic, wanted)];
        for (var i = 0; i < count; i++)
        {
            var length = reader.Int16();
            var name = reader.Raw(length);
            if (!reader.IsGood)
            {
                return false;
            }

            contains |= name.SequenceEqual(wanted);
        }

        var userBytes = reader.Int32();
        reader.Skip(Math.Max(0, userBytes));
        return reader.IsGood && userBytes >= -1;
    }
}
