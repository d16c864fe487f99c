using System.Buffers.Binary;
using System.Diagnostics;
using Actors.Model.Leases;
using Actors.Model.Records;
using Actors.Storage.Devices;

namespace Actors.Storage.Tails;

/// <summary>
/// The newest batches of one log, in memory: a ring of entries, each one or more whole batches that lie one behind the other in a
/// block. The log thread adds and drops; readers take slices. The lock is held for a search and a few reference counts, never
/// over I/O: an entry that a reader sees under it holds a reference of its lease, so that the reader may add its own.
/// </summary>
internal sealed class LogTail
{
    /// <summary>Neighbouring small batches are one entry up to this size: about as coarse as the sparse index.</summary>
    private const int EntryBytes = 4096;

    private readonly Lock _lock = new();
    private readonly TailCache _cache;
    private Entry[] _ring = [];
    private int _head;
    private int _count;
    private int _unwritten;

    public LogTail(TailCache cache) => _cache = cache;

    private struct Entry
    {
        public long BaseOffset;
        public long NextOffset;
        public TailBlock Block;
        public int Start;
        public int LengthBytes;
    }

    /// <summary>Bytes of batches held. Log thread.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes of the batches, at the end, that are not in the segment's file yet. Log thread.</summary>
    public long UnwrittenBytes { get; private set; }

    /// <summary>Adds a batch; its bytes lie in <paramref name="block"/> already. Log thread.</summary>
    public void Push(PartitionLog log, TailBlock block, int start, in RecordBatchInfo info, bool isWritten)
    {
        lock (_lock)
        {
            Debug.Assert(!isWritten || _unwritten == 0, "a written batch behind one that is not");
            var merged = false;
            if (_count > 0)
            {
                ref var last = ref At(_count - 1);
                Debug.Assert(last.NextOffset <= info.BaseOffset, "a tail went backwards");
                if (last.Block == block && last.Start + last.LengthBytes == start && last.LengthBytes < EntryBytes && isWritten == (_unwritten == 0))
                {
                    last.LengthBytes += info.SizeBytes;
                    last.NextOffset = info.NextOffset;
                    merged = true;
                }
            }

            if (!merged)
            {
                Grow();
                _count++;
                At(_count - 1) = new Entry
                {
                    BaseOffset = info.BaseOffset, NextOffset = info.NextOffset, Block = block, Start = start, LengthBytes = info.SizeBytes,
                };
                TailCache.Add(block, log);
                _unwritten += isWritten ? 0 : 1;
            }

            Bytes += info.SizeBytes;
            UnwrittenBytes += isWritten ? 0 : info.SizeBytes;
        }
    }

    /// <summary>Adds what is to be written to the file, in order. Log thread.</summary>
    public void AddUnwritten(List<WriteSegment> to)
    {
        for (var i = _count - _unwritten; i < _count; i++)
        {
            ref var entry = ref At(i);
            to.Add(new WriteSegment(entry.Block.Lease.Array, entry.Start, entry.LengthBytes));
        }
    }

    /// <summary>The file has everything now. Log thread.</summary>
    public void MarkWritten()
    {
        _unwritten = 0;
        UnwrittenBytes = 0;
    }

    /// <summary>Drops the oldest entries until at most <paramref name="maxBytes"/> are held; never one that is unwritten. Log thread.</summary>
    public void Trim(long maxBytes)
    {
        while (Bytes > maxBytes && _count > _unwritten)
        {
            DropOldest();
        }
    }

    /// <summary>Drops the oldest entries until none lies in <paramref name="block"/>. False: one of them is unwritten. Log thread.</summary>
    public bool DropThrough(TailBlock block)
    {
        var last = -1;
        for (var i = _count - 1; i >= 0 && last < 0; i--)
        {
            // A packed block stays open while larger batches come and go: its entries need not lie side by side.
            last = At(i).Block == block ? i : -1;
        }

        for (; last >= 0; last--)
        {
            if (_count == _unwritten)
            {
                return false;
            }

            DropOldest();
        }

        return true;
    }

    /// <summary>
    /// Takes whole batches from the one with <paramref name="offset"/> on, one reference for each slice added. Answers the bytes
    /// taken, 0 if the first batch is too large, or -1 if the offset lies before the tail. Any thread.
    /// </summary>
    public int Take(long offset, long endOffset, int maxBytes, bool firstBatchWhole, List<LeaseSlice> into)
    {
        lock (_lock)
        {
            if (_count == 0 || offset < At(0).BaseOffset)
            {
                return -1;
            }

            var taken = 0;
            var pending = default(LeaseSlice);
            for (var i = Find(offset); i < _count; i++)
            {
                ref var entry = ref At(i);
                if (entry.BaseOffset >= endOffset)
                {
                    break;
                }

                var start = entry.Start;
                var room = maxBytes - taken;
                var length = entry.BaseOffset >= offset && entry.NextOffset <= endOffset && entry.LengthBytes <= room
                    ? entry.LengthBytes
                    : Choose(entry, ref start, offset, endOffset, room, firstBatchWhole && taken == 0);
                if (length == 0)
                {
                    if (entry.NextOffset <= offset)
                    {
                        continue; // compaction left a gap behind this entry, and the offset lies in it
                    }

                    break;
                }

                AddSlice(into, ref pending, entry.Block.Lease, start, length);
                taken += length;
                if (start + length < entry.Start + entry.LengthBytes)
                {
                    break;
                }
            }

            Flush(into, ref pending);
            return taken;
        }
    }

    /// <summary>Bytes at or beyond an offset, or -1 if the offset lies before the tail. Any thread.</summary>
    public long CountBytes(long fromOffset, long toOffset)
    {
        lock (_lock)
        {
            if (_count == 0 || fromOffset < At(0).BaseOffset)
            {
                return -1;
            }

            var bytes = 0L;
            for (var i = Find(fromOffset); i < _count && At(i).BaseOffset < toOffset; i++)
            {
                // Of an entry of several batches the share of the offsets asked for.
                ref var entry = ref At(i);
                var common = Math.Min(entry.NextOffset, toOffset) - Math.Max(entry.BaseOffset, fromOffset);
                bytes += entry.LengthBytes * Math.Max(0, common) / (entry.NextOffset - entry.BaseOffset);
            }

            return bytes;
        }
    }

    private static int Choose(in Entry entry, ref int start, long offset, long endOffset, int room, bool firstBatchWhole)
    {
        var bytes = entry.Block.Lease.Array.AsSpan(entry.Start, entry.LengthBytes);
        var begin = -1;
        var at = 0;
        while (at < bytes.Length)
        {
            var batch = bytes[at..];
            var size = RecordBatch.SizeBytes(batch);
            var next = BinaryPrimitives.ReadInt64BigEndian(batch) + BinaryPrimitives.ReadInt32BigEndian(batch[RecordBatch.LastOffsetDeltaAt..]) + 1;
            if (next > endOffset)
            {
                break;
            }

            if (next > offset)
            {
                begin = begin < 0 ? at : begin;
                if (at + size - begin > room && !(firstBatchWhole && at == begin))
                {
                    break;
                }
            }

            at += size;
        }

        start = entry.Start + Math.Max(begin, 0);
        return begin < 0 ? 0 : at - begin;
    }

    private static void AddSlice(List<LeaseSlice> into, ref LeaseSlice pending, Lease lease, int start, int length)
    {
        if (pending.Lease == lease && pending.Start + pending.LengthBytes == start)
        {
            pending = new LeaseSlice(lease, pending.Start, pending.LengthBytes + length);
            return;
        }

        Flush(into, ref pending);
        pending = new LeaseSlice(lease, start, length);
    }

    private static void Flush(List<LeaseSlice> into, ref LeaseSlice pending)
    {
        if (!pending.IsEmpty)
        {
            pending.AddReference();
            into.Add(pending);
            pending = default;
        }
    }

    /// <summary>Index of the last entry that begins at or before an offset.</summary>
    private int Find(long offset)
    {
        var low = 0;
        var high = _count;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = At(middle).BaseOffset <= offset ? (middle, high) : (low, middle);
        }

        return low;
    }

    private void DropOldest()
    {
        TailBlock block;
        lock (_lock)
        {
            ref var entry = ref At(0);
            block = entry.Block;
            Bytes -= entry.LengthBytes;
            entry = default;
            _head = (_head + 1) & (_ring.Length - 1);
            _count--;
            if (_count == 0)
            {
                _ring = [];
                _head = 0;
            }
        }

        _cache.Remove(block);
    }

    private ref Entry At(int index) => ref _ring[(_head + index) & (_ring.Length - 1)];

    private void Grow()
    {
        if (_count < _ring.Length)
        {
            return;
        }

        var grown = new Entry[Math.Max(4, _ring.Length * 2)];
        for (var i = 0; i < _count; i++)
        {
            grown[i] = At(i);
        }

        _ring = grown;
        _head = 0;
    }
}
