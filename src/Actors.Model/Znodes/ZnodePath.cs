namespace Actors.Model.Znodes;

/// <summary>
/// Paths as bytes, checked as ZooKeeper's PathUtils checks characters: no empty, "." or ".." name, no trailing slash, no U+0000 to
/// U+001F, U+007F to U+009F, U+D800 to U+F8FF, U+FFF0 to U+FFFF. What lies beyond U+FFFF is two surrogates to Java and so refused;
/// what is not UTF-8 is U+FFFD to it, and refused too.
/// </summary>
public static class ZnodePath
{
    /// <summary>Whether a znode may have this path.</summary>
    public static bool IsValid(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty || path[0] != '/')
        {
            return false;
        }

        if (path.Length == 1)
        {
            return true;
        }

        for (var rest = path[1..]; ;)
        {
            var slash = rest.IndexOf((byte)'/');
            var name = slash < 0 ? rest : rest[..slash];
            if (name.IsEmpty || name.SequenceEqual("."u8) || name.SequenceEqual(".."u8) || !HasValidCharacters(name))
            {
                return false;
            }

            if (slash < 0)
            {
                return true;
            }

            rest = rest[(slash + 1)..];
        }
    }

    /// <summary>The parent's path as ZooKeeper cuts it: before the last slash; empty is the root.</summary>
    public static ReadOnlySpan<byte> ParentOf(ReadOnlySpan<byte> path) => path[..Math.Max(path.LastIndexOf((byte)'/'), 0)];

    private static bool HasValidCharacters(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < name.Length;)
        {
            var first = name[i];
            if (first < 0x80)
            {
                if (first is < 0x20 or 0x7F)
                {
                    return false;
                }

                i++;
                continue;
            }

            var length = first switch { < 0xC2 => 0, < 0xE0 => 2, < 0xF0 => 3, _ => 0 };
            if (length == 0 || i + length > name.Length || (name[i + 1] & 0xC0) != 0x80 || (length == 3 && (name[i + 2] & 0xC0) != 0x80))
            {
                return false;
            }

            var scalar = length == 2
                ? ((first & 0x1F) << 6) | (name[i + 1] & 0x3F)
                : ((first & 0x0F) << 12) | ((name[i + 1] & 0x3F) << 6) | (name[i + 2] & 0x3F);
            if (scalar < 0xA0 || (length == 3 && scalar < 0x800) || scalar is (>= 0xD800 and <= 0xF8FF) or >= 0xFFF0)
            {
                return false;
            }

            i += length;
        }

        return true;
    }
}
