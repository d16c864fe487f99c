using System.Buffers;
using System.Text;

namespace Actors.Dashboard.Api;

/// <summary>Whether bytes are text that a person can read.</summary>
internal static class PreviewText
{
    private static readonly SearchValues<byte> s_unreadable =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Except([(int)'\t', '\n', '\r']).Select(b => (byte)b), 0x7F]);

    /// <summary>The text, or null: it is not UTF-8, or has control characters. The last character of what was cut may be torn and is left out.</summary>
    public static string? TryRead(ReadOnlySpan<byte> bytes, bool isCut)
    {
        if (isCut)
        {
            while (Rune.DecodeLastFromUtf8(bytes, out _, out var length) == OperationStatus.NeedMoreData)
            {
                bytes = bytes[..^length];
            }
        }

        return System.Text.Unicode.Utf8.IsValid(bytes) && !bytes.ContainsAny(s_unreadable) ? Encoding.UTF8.GetString(bytes) : null;
    }
}
