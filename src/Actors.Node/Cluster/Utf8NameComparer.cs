using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Actors.Node.Cluster;

/// <summary>
/// Compares topic names with one another and with names as they arrive on the wire, in UTF-8, without making a string. Names of
/// topics are ASCII; what is not, is no topic's name and equals none.
/// </summary>
internal sealed class Utf8NameComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
{
    private const int StackBytes = 256;

    public static Utf8NameComparer Instance { get; } = new();

    public string Create(ReadOnlySpan<byte> alternate) => Encoding.UTF8.GetString(alternate);

    public bool Equals(ReadOnlySpan<byte> alternate, string other) => Ascii.Equals(alternate, other);

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = default(HashCode);
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public int GetHashCode([DisallowNull] string obj)
    {
        Span<byte> bytes = stackalloc byte[StackBytes];
        return Encoding.UTF8.TryGetBytes(obj, bytes, out var written)
            ? GetHashCode(bytes[..written])
            : GetHashCode(Encoding.UTF8.GetBytes(obj));
    }
}
