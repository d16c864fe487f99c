using System.Buffers.Binary;
using System.Diagnostics;
using Actors.Storage.Devices;

namespace Actors.Storage.Partitions;

/// <summary>
/// A sparse index of a segment: sorted entries of a key and a 32-bit value, in Kafka's format, big-endian. Two kinds:
/// <code>
/// .index      8 bytes: relative offset of a batch's last record (4), position of the batch in the file (4)
/// .timeindex 12 bytes: greatest timestamp so far (8), relative offset of the last record of the batch that has it (4)
/// </code>
/// New entries are kept in memory and written to the file at checkpoints; older ones are read from the file. One writer, any number
/// of readers; the lock is held for a search in memory at most.
/// </summary>
internal sealed class SparseIndex
{
    /// <summary>Entries kept in memory although they are in the file too: what readers near the end look for.</summary>
    private const int KeptInMemory = 512;

    private readonly Lock _lock = new();
    private readonly int _keyBytes;
    private IStorageFile? _file;
    private byte[] _recent = [];
    private int _recentCount;
    private int _recentFirst;
    private int _written;

    private readonly LogSegment _segment;

    public SparseIndex(LogSegment segment, int keyBytes)
    {
        Debug.Assert(keyBytes is 4 or 8);
        _segment = segment;
        _keyBytes = keyBytes;
    }

    /// <summary>Its file; made up anew each time, since 100,000 logs would keep it for nothing.</summary>
    public string Path => _segment.PathOf(_keyBytes == 4 ? Formats.FileText.IndexSuffix : Formats.FileText.TimeIndexSuffix);

    /// <summary>Bytes of one entry.</summary>
    public int EntryBytes => _keyBytes + 4;

    /// <summary>Entries, in file and memory.</summary>
    public int Count => _recentFirst + _recentCount;

    /// <summary>Bytes the file has or will have.</summary>
    public long SizeBytes => (long)Count * EntryBytes;

    /// <summary>Entries that are in the file.</summary>
    public int WrittenCount => _written;

    /// <summary>Whether there are entries that are not in the file.</summary>
    public bool HasUnwritten => _written < Count;

    /// <summary>Whether the file is open.</summary>
    public bool HasFile => Volatile.Read(ref _file) is not null;

    /// <summary>Key of the last entry, or -1.</summary>
    public long LastKey { get; private set; } = -1;

    /// <summary>Takes the file's first <paramref name="count"/> entries as they are, all others as not there. Before any use.</summary>
    public void Trust(int count, long lastKey)
    {
        _recentFirst = count;
        _recentCount = 0;
        _written = count;
        LastKey = lastKey;
    }

    public void Append(long key, int value)
    {
        lock (_lock)
        {
            var at = _recentCount * EntryBytes;
            if (at == _recent.Length)
            {
                Array.Resize(ref _recent, Math.Max(4 * EntryBytes, _recent.Length * 2));
            }

            var entry = _recent.AsSpan(at, EntryBytes);
            if (_keyBytes == 4)
            {
                BinaryPrimitives.WriteInt32BigEndian(entry, (int)key);
            }
            else
            {
                BinaryPrimitives.WriteInt64BigEndian(entry, key);
            }

            BinaryPrimitives.WriteInt32BigEndian(entry[_keyBytes..], value);
            _recentCount++;
            LastKey = key;
        }
    }

    /// <summary>
    /// The last entry whose key is not above <paramref name="key"/>. False: it lies in the file and cannot be had without waiting for
    /// the disk. An entry of (-1, 0) stands for none.
    /// </summary>
    public bool TryFindByKey(long key, bool mayBlock, out IndexEntry found) => TryFind(key, byValue: false, mayBlock, out found);

    /// <summary>The last entry whose value is not above <paramref name="value"/>.</summary>
    public bool TryFindByValue(int value, bool mayBlock, out IndexEntry found) => TryFind(value, byValue: true, mayBlock, out found);

    /// <summary>Writes new entries to the file; not synced. Log thread.</summary>
    public void Write()
    {
        if (!HasUnwritten)
        {
            return;
        }

        var skip = (_written - _recentFirst) * EntryBytes;
        OpenFile().Write(_recent.AsSpan(skip, (_recentCount * EntryBytes) - skip), (long)_written * EntryBytes);
        _written = Count;
        if (_recentCount > 2 * KeptInMemory)
        {
            Forget(KeptInMemory);
        }
    }

    /// <summary>Syncs the file; any thread, while entries may be added.</summary>
    public void Sync()
    {
        if (Volatile.Read(ref _file) is { } file)
        {
            file.Sync();
        }
    }

    /// <summary>
    /// Syncs entries found in the file: the last one is written when the segment is full, names an offset below the recovery point, and
    /// may be in the page cache only. Log thread, at recovery.
    /// </summary>
    public void SyncFound() => OpenFile().Sync();

    /// <summary>Cuts the file. Log thread, at recovery.</summary>
    public void CutFile(long lengthBytes) => OpenFile().SetLength(lengthBytes);

    /// <summary>An entry of the file. Log thread, at recovery.</summary>
    public IndexEntry ReadAt(int index)
    {
        Span<byte> bytes = stackalloc byte[12];
        TryReadEntry(bytes[..EntryBytes], (long)index * EntryBytes, mayBlock: true);
        return Decode(bytes);
    }

    /// <summary>Drops the handle, and the memory if all of it is in the file.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
        }

        if (!HasUnwritten)
        {
            Forget(0);
        }
    }

    private void Forget(int keep)
    {
        lock (_lock)
        {
            var drop = Math.Max(0, _recentCount - keep);
            var kept = keep == 0 ? [] : new byte[Math.Max(keep * 2, 4) * EntryBytes];
            _recent.AsSpan(drop * EntryBytes, (_recentCount - drop) * EntryBytes).CopyTo(kept);
            _recent = kept;
            _recentFirst += drop;
            _recentCount -= drop;
        }
    }

    private IStorageFile OpenFile()
    {
        lock (_lock)
        {
            return _file ??= _segment.OpenNamed(_keyBytes == 4 ? Formats.FileText.IndexSuffix : Formats.FileText.TimeIndexSuffix);
        }
    }

    private bool TryFind(long target, bool byValue, bool mayBlock, out IndexEntry found)
    {
        int inFile;
        lock (_lock)
        {
            var low = 0;
            var high = _recentCount;
            while (low < high)
            {
                var middle = (low + high) / 2;
                var entry = Decode(_recent.AsSpan(middle * EntryBytes));
                (low, high) = (byValue ? entry.Value : entry.Key) <= target ? (middle + 1, high) : (low, middle);
            }

            if (low > 0)
            {
                found = Decode(_recent.AsSpan((low - 1) * EntryBytes));
                return true;
            }

            inFile = _recentFirst;
        }

        return TryFindInFile(target, byValue, inFile, mayBlock, out found);
    }

    private bool TryFindInFile(long target, bool byValue, int count, bool mayBlock, out IndexEntry found)
    {
        found = IndexEntry.None;
        Span<byte> bytes = stackalloc byte[12];
        bytes = bytes[..EntryBytes];
        var low = 0;
        var high = count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (!TryReadEntry(bytes, (long)middle * EntryBytes, mayBlock))
            {
                return false;
            }

            var entry = Decode(bytes);
            if ((byValue ? entry.Value : entry.Key) <= target)
            {
                found = entry;
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return true;
    }

    private bool TryReadEntry(Span<byte> into, long position, bool mayBlock)
    {
        while (true)
        {
            try
            {
                var file = OpenFile();
                if (file.TryReadCached(into, position, out var read) && read == into.Length)
                {
                    return true;
                }

                if (!mayBlock)
                {
                    return false;
                }

                return file.Read(into, position) == into.Length
                    ? true
                    : throw new StorageCorruptionException($"{Path} is shorter than {SizeBytes} bytes.");
            }
            catch (ObjectDisposedException)
            {
                // (1) This reader took the file, (2) the log thread closed it as idle, (3) the read found it closed: open it again.
            }
        }
    }

    private IndexEntry Decode(ReadOnlySpan<byte> bytes) => new(
        _keyBytes == 4 ? BinaryPrimitives.ReadInt32BigEndian(bytes) : BinaryPrimitives.ReadInt64BigEndian(bytes),
        BinaryPrimitives.ReadInt32BigEndian(bytes[_keyBytes..]));
}

/// <summary>An entry of a <see cref="SparseIndex"/>.</summary>
internal readonly record struct IndexEntry(long Key, int Value)
{
    /// <summary>There is none: start at the segment's beginning.</summary>
    public static IndexEntry None { get; } = new(-1, 0);

    /// <summary>Whether it is one.</summary>
    public bool Exists => Key >= 0;
}
