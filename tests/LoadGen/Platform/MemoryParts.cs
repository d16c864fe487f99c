using System.Globalization;

namespace LoadGen.Platform;

/// <summary>
/// What a process holds in memory, in parts. The collector of .NET reserves one range of many gigabytes and commits pieces of it: what is
/// resident within such a range is its heap, however full; a process without one (Java) has all of it under native.
/// </summary>
internal readonly record struct MemoryParts(long HeapBytes, long NativeBytes, long FileBytes)
{
    private const long ReservedRangeBytes = 16L << 30;

    public long ResidentBytes => HeapBytes + NativeBytes + FileBytes;

    public static MemoryParts Of(ServerProcess process)
    {
        var (heap, range, rangeStart, rangeEnd, mapped) = (0L, 0L, 0L, 0L, 0L);
        foreach (var line in File.ReadLines($"/proc/{process.Pid}/smaps"))
        {
            if (line.StartsWith("Rss:", StringComparison.Ordinal))
            {
                range += mapped == 0 ? 1024 * long.Parse(line[4..^2].Trim(), CultureInfo.InvariantCulture) : 0;
            }
            else if (!line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal)).Contains(':'))
            {
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries); // address perms offset device inode path
                var dash = fields[0].IndexOf('-', StringComparison.Ordinal);
                var start = Hex(fields[0].AsSpan(0, dash));
                mapped = long.Parse(fields[4], CultureInfo.InvariantCulture);
                if (start != rangeEnd || mapped != 0)
                {
                    heap += rangeEnd - rangeStart >= ReservedRangeBytes ? range : 0;
                    (range, rangeStart) = (0, start);
                }

                rangeEnd = Hex(fields[0].AsSpan(dash + 1));
            }
        }

        heap += rangeEnd - rangeStart >= ReservedRangeBytes ? range : 0;
        var anonymous = process.AnonymousBytes;
        return new MemoryParts(heap, anonymous - heap, process.ResidentBytes - anonymous);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{ResidentBytes / 1e6:N0} MB = collector's heap {HeapBytes / 1e6:N0} + native {NativeBytes / 1e6:N0} + files {FileBytes / 1e6:N0}");

    private static long Hex(ReadOnlySpan<char> text) => long.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
