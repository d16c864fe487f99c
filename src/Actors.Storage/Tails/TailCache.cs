using System.Diagnostics;
using Actors.Model.Leases;

namespace Actors.Storage.Tails;

/// <summary>
/// The tails of all logs of a directory: blocks in order of age, under one budget. Log thread only.
/// A received batch that fills at least half of its lease stays where it is. A small one is copied into a packed block, which many
/// logs share, so that a hundred bytes do not hold 64 KiB. What lies between is not kept: the page cache has it.
/// </summary>
internal sealed class TailCache
{
    /// <summary>Size of a packed block.</summary>
    public const int PackedBlockBytes = LeasePool.SmallBytes;

    /// <summary>The largest batch that is copied.</summary>
    public const int MaxPackedBytes = PackedBlockBytes / 2;

    private const int MaxSpareBlocks = 4096;

    private readonly LeasePool _leases;
    private readonly Stack<TailBlock> _spare = new();
    private TailBlock? _oldest;
    private TailBlock? _newest;
    private TailBlock? _open;

    public TailCache(LeasePool leases) => _leases = leases;

    /// <summary>Bytes of all blocks, whole leases.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>Age of the oldest block, as the time it was begun; long.MaxValue if there is none.</summary>
    public long OldestMs => _oldest?.CreatedMs ?? long.MaxValue;

    /// <summary>What becomes of a slice.</summary>
    public static TailPlan Plan(in LeaseSlice slice) =>
        slice.LengthBytes * 2L >= slice.Lease!.LengthBytes ? TailPlan.Keep
        : slice.LengthBytes <= MaxPackedBytes ? TailPlan.Pack
        : TailPlan.Drop;

    /// <summary>Copies bytes into the open packed block; the caller adds its entries to the block.</summary>
    public TailBlock Pack(ReadOnlySpan<byte> bytes, long nowMs, out int start)
    {
        Debug.Assert(bytes.Length <= MaxPackedBytes, "a batch is too large to be packed");
        if (_open is null || _open.UsedBytes + bytes.Length > PackedBlockBytes)
        {
            CloseOpenBlock();
            _open = Begin(_leases.Rent(PackedBlockBytes), nowMs);
            _open.IsOpen = true;
        }

        start = _open.UsedBytes;
        bytes.CopyTo(_open.Lease.Array.AsSpan(start));
        _open.UsedBytes += bytes.Length;
        return _open;
    }

    /// <summary>Keeps a received slice where it is; takes over its reference.</summary>
    public TailBlock Keep(in LeaseSlice slice, long nowMs) => Begin(slice.Lease!, nowMs);

    /// <summary>One entry more in a block.</summary>
    public static void Add(TailBlock block, PartitionLog log)
    {
        block.Entries++;
        if (block.Logs.Count == 0 || block.Logs[^1] != log)
        {
            // A log that alternates with others is named more than once; to drop its entries twice does no harm.
            block.Logs.Add(log);
        }
    }

    /// <summary>One entry less; the last one lets go of the lease.</summary>
    public void Remove(TailBlock block)
    {
        Debug.Assert(block.Entries > 0, "a tail block lost more entries than it had");
        if (--block.Entries == 0 && !block.IsOpen)
        {
            End(block);
        }
    }

    /// <summary>Drops the oldest blocks until at most <paramref name="maxBytes"/> are held. False: what is left must be written first.</summary>
    public bool Trim(long maxBytes)
    {
        while (HeldBytes > maxBytes && _oldest is { } block)
        {
            if (!TryEvict(block))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Drops blocks begun before <paramref name="beforeMs"/>, as far as they are written.</summary>
    public void DropOlder(long beforeMs)
    {
        while (_oldest is { } block && block.CreatedMs < beforeMs && TryEvict(block))
        {
        }
    }

    private bool TryEvict(TailBlock block)
    {
        if (block.IsOpen)
        {
            CloseOpenBlock();
            if (block != _oldest)
            {
                return true; // it was empty and is gone
            }
        }

        var logs = block.Logs;
        for (var i = 0; i < logs.Count; i++)
        {
            if (!logs[i].DropTailThrough(block))
            {
                return false;
            }

            if (block != _oldest)
            {
                return true;
            }
        }

        Debug.Fail("a tail block has entries of logs it does not name");
        return false;
    }

    /// <summary>Small batches are packed into the open block no more; without entries it is let go.</summary>
    public void CloseOpenBlock()
    {
        if (_open is { } open)
        {
            _open = null;
            open.IsOpen = false;
            if (open.Entries == 0)
            {
                End(open);
            }
        }
    }

    private TailBlock Begin(Lease lease, long nowMs)
    {
        var block = _spare.Count > 0 ? _spare.Pop() : new TailBlock();
        block.Lease = lease;
        block.CreatedMs = nowMs;
        block.Older = _newest;
        if (_newest is null)
        {
            _oldest = block;
        }
        else
        {
            _newest.Newer = block;
        }

        _newest = block;
        HeldBytes += lease.LengthBytes;
        return block;
    }

    private void End(TailBlock block)
    {
        HeldBytes -= block.Lease.LengthBytes;
        if (block.Older is null)
        {
            _oldest = block.Newer;
        }
        else
        {
            block.Older.Newer = block.Newer;
        }

        if (block.Newer is null)
        {
            _newest = block.Older;
        }
        else
        {
            block.Newer.Older = block.Older;
        }

        block.Lease.Release();
        block.Lease = null!;
        block.UsedBytes = 0;
        block.Older = null;
        block.Newer = null;
        block.Logs.Clear();
        if (_spare.Count < MaxSpareBlocks)
        {
            _spare.Push(block);
        }
    }
}

/// <summary>What becomes of a slice once it is written.</summary>
internal enum TailPlan
{
    /// <summary>It stays where it is.</summary>
    Keep,
    /// <summary>It is copied into a packed block.</summary>
    Pack,
    /// <summary>It is released.</summary>
    Drop,
}
