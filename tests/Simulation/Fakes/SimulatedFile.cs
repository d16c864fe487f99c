namespace Simulation.Fakes;

/// <summary>
/// Content of one file: what a reader sees now, and the writes since the last sync with what they replaced, so that a power cut can
/// take any of them back.
/// </summary>
internal sealed class SimulatedFile
{
    /// <summary>A disk writes a sector wholly or not at all.</summary>
    public const int SectorBytes = 512;

    private readonly List<Unsynced> _unsynced = [];
    private byte[] _bytes = [];
    private long _durableLength;

    public long Length { get; private set; }

    public bool HasUnsynced => _unsynced.Count > 0;

    public ReadOnlySpan<byte> Content => _bytes.AsSpan(0, (int)Length);

    public int Read(Span<byte> into, long position)
    {
        var count = (int)Math.Clamp(Length - position, 0, into.Length);
        _bytes.AsSpan((int)Math.Min(position, Length), count).CopyTo(into);
        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        var end = position + bytes.Length;
        Reserve(end);
        var target = _bytes.AsSpan((int)position, bytes.Length);
        _unsynced.Add(new Unsynced(position, target.ToArray(), bytes.ToArray(), -1));
        bytes.CopyTo(target);
        Length = Math.Max(Length, end);
    }

    public void SetLength(long length)
    {
        if (length == Length)
        {
            return;
        }

        Reserve(length);
        if (length < Length)
        {
            var cut = _bytes.AsSpan((int)length, (int)(Length - length));
            _unsynced.Add(new Unsynced(length, cut.ToArray(), new byte[cut.Length], length));
            cut.Clear();
        }
        else
        {
            _unsynced.Add(new Unsynced(Length, [], [], length));
        }

        Length = length;
    }

    public void Sync()
    {
        _unsynced.Clear();
        _durableLength = Length;
    }

    public void Flip(long bit) => _bytes[bit / 8] ^= (byte)(1 << (int)(bit % 8));

    /// <summary>What is there after a power cut: every unsynced write kept, lost or torn on its own; sector by sector.</summary>
    public SimulatedFile AfterPowerCut(Random random)
    {
        var bytes = (byte[])_bytes.Clone();
        for (var i = _unsynced.Count - 1; i >= 0; i--)
        {
            _unsynced[i].Old.CopyTo(bytes, _unsynced[i].Position);
        }

        var length = _durableLength;
        var mostlyKept = random.Next(3);
        foreach (var write in _unsynced)
        {
            var fate = mostlyKept == 0 ? random.Next(3) : mostlyKept - 1; // 0 lost, 1 kept, 2 torn
            if (write.NewLength >= 0)
            {
                if (fate != 0)
                {
                    write.New.CopyTo(bytes, write.Position);
                    length = write.NewLength;
                }

                continue;
            }

            length = Math.Max(length, KeepSectors(bytes, write, fate, random));
        }

        if (length < Length && random.Next(2) == 0)
        {
            length = Length; // the length reached the disk, the bytes did not
        }

        bytes.AsSpan((int)Math.Min(length, bytes.Length)).Clear();
        return new SimulatedFile { _bytes = bytes, Length = length, _durableLength = length };
    }

    private static long KeepSectors(byte[] bytes, in Unsynced write, int fate, Random random)
    {
        var end = -1L;
        for (var at = 0; at < write.New.Length;)
        {
            var sectorEnd = ((write.Position + at) / SectorBytes * SectorBytes) + SectorBytes;
            var count = (int)Math.Min(write.New.Length - at, sectorEnd - write.Position - at);
            if (fate == 1 || (fate == 2 && random.Next(2) == 0))
            {
                write.New.AsSpan(at, count).CopyTo(bytes.AsSpan((int)write.Position + at));
                end = write.Position + at + count;
            }

            at += count;
        }

        return end;
    }

    private void Reserve(long length)
    {
        if (length > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Max(length, Math.Min(_bytes.Length * 2L, Array.MaxLength)));
        }
    }

    private readonly record struct Unsynced(long Position, byte[] Old, byte[] New, long NewLength);
}
