using System.Text;

namespace Conformance.Fixtures;

/// <summary>
/// Text to send: lines that read like prose, compress like prose and are all different, since each begins with its number. The same
/// seed gives the same bytes.
/// </summary>
public static class Prose
{
    private static readonly string[] Words =
    [
        "the", "harbour", "clerk", "counted", "seven", "crates", "of", "salt", "before", "noon", "and", "wrote", "a", "letter", "to",
        "his", "sister", "about", "weather", "prices", "ships", "that", "were", "late", "again", "because", "wind", "had", "turned",
        "north", "across", "grey", "water", "while", "children", "ran", "along", "quay", "with", "kites", "straße", "façade", "naïve",
        "señor", "cœur", "ångström", "quietly", "nobody", "asked", "why", "lanterns", "stayed", "lit", "until", "morning",
    ];

    /// <summary>Writes at least <paramref name="minBytes"/> of UTF-8 lines and returns how many lines they are.</summary>
    public static async Task<int> WriteAsync(string file, long minBytes, int seed, CancellationToken cancellation)
    {
        var random = new Random(seed);
        await using var output = new StreamWriter(file, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 20);
        var line = new StringBuilder(256);
        var count = 0;
        long bytes = 0;
        while (bytes < minBytes)
        {
            line.Clear().Append(count.ToString("D9", null));
            for (var words = random.Next(4, 25); words > 0; words--)
            {
                line.Append(' ').Append(Words[random.Next(Words.Length)]);
            }

            line.Append('\n');
            bytes += line.Length; // at least: some letters take two bytes
            count++;
            await output.WriteAsync(line, cancellation);
        }

        return count;
    }

    /// <summary>Fails, saying where, unless both files hold the same bytes.</summary>
    public static async Task AssertSameAsync(string expected, string actual, CancellationToken cancellation)
    {
        using var left = new StreamReader(expected);
        using var right = new StreamReader(actual);
        for (var number = 1; ; number++)
        {
            var wanted = await left.ReadLineAsync(cancellation);
            var found = await right.ReadLineAsync(cancellation);
            Assert.True(wanted == found, $"line {number}: expected \"{wanted}\", found \"{found}\"");
            if (wanted is null)
            {
                break;
            }
        }

        Assert.Equal(new FileInfo(expected).Length, new FileInfo(actual).Length);
    }
}
