using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Actors.Cluster.Znodes;

/// <summary>
/// Counts or limits of a quota as ZooKeeper's tools write and read them, <c>count=4,bytes=5=;byteHardLimit=10;countHardLimit=10</c>: the
/// "=" behind bytes keeps old parsers working. -1 stands for none.
/// </summary>
internal readonly record struct QuotaTrack(long Count, long Bytes, long CountHardLimit, long ByteHardLimit)
{
    public static QuotaTrack None { get; } = new(-1, -1, -1, -1);

    /// <summary>Reads pairs of name and number, separated by commas or semicolons; names it does not know are passed over.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out QuotaTrack track)
    {
        track = None;
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAny((byte)',', (byte)';');
            var pair = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf((byte)'=');
            if (equals < 0)
            {
                return false;
            }

            var name = pair[..equals];
            var digits = pair[(equals + 1)..].TrimEnd((byte)'=');
            long value = -1;
            if (!digits.IsEmpty && (!Utf8Parser.TryParse(digits, out value, out var used) || used != digits.Length))
            {
                return false;
            }

            track = name.SequenceEqual("count"u8) ? track with { Count = value }
                : name.SequenceEqual("bytes"u8) ? track with { Bytes = value }
                : name.SequenceEqual("countHardLimit"u8) ? track with { CountHardLimit = value }
                : name.SequenceEqual("byteHardLimit"u8) ? track with { ByteHardLimit = value }
                : track;
        }

        return true;
    }

    public byte[] ToBytes()
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"count={Count},bytes={Bytes}");
        if (ByteHardLimit >= 0 || CountHardLimit >= 0)
        {
            text += string.Create(CultureInfo.InvariantCulture, $"=;byteHardLimit={ByteHardLimit};countHardLimit={CountHardLimit}");
        }

        return Encoding.ASCII.GetBytes(text);
    }
}
