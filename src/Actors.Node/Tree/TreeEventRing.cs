using System.Buffers.Binary;
using Actors.Cluster.Acl;
using Actors.Model.Znodes;

namespace Actors.Node.Tree;

/// <summary>
/// The last changes of the tree, in order: bounded in bytes, and what is older than an age gives its room away first. Written where commands
/// are applied (the gate's exclusive side), read on its shared side: it needs no lock of its own.
/// <code>
/// an event in a block, little-endian
///   0  8  zxid
///   8  4  index among the command's changes
///  12  4  length of the path
///  16  2  access list, by its place in the block's table
///  18  1  type
///  19     path
/// </code>
/// </summary>
internal sealed class TreeEventRing(int maxBytes, TimeSpan age, TimeProvider time, int blockBytes = TreeEventRing.DefaultBlockBytes)
{
    /// <summary>Bytes of a block: 1 MiB.</summary>
    public const int DefaultBlockBytes = 1 << 20;

    private const int HeaderBytes = 19;

    /// <summary>What an entry of an access list is counted as, in bytes: lists of deleted znodes live on in the ring.</summary>
    private const int AclEntryBytes = 128;

    private readonly int _maxBlocks = Math.Max(2, maxBytes / blockBytes);
    private readonly List<Block> _blocks = []; // oldest first
    private Block? _last;

    /// <summary>What comes after this is here.</summary>
    public ChangePosition Oldest { get; private set; }

    /// <summary>Whether everything is here that this process has applied.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Bytes held.</summary>
    public long Bytes => (long)_blocks.Count * blockBytes;

    /// <summary>What has been applied before this process saw changes is not here.</summary>
    public void BeginAt(long zxid) => Oldest = ChangePosition.After(zxid);

    /// <summary>Adds a change.</summary>
    public void Append(ChangePosition position, WatchEventType type, ReadOnlySpan<byte> path, AccessList readers)
    {
        var bytes = HeaderBytes + path.Length;
        var block = _last;
        if (block is null || block.Room < bytes || !block.TryNumber(readers, bytes, out var acl))
        {
            if (bytes > blockBytes)
            {
                _blocks.Clear(); // a path of a MiB: what came before is told to be gone
                (_last, Oldest, IsWhole) = (null, position, false);
                return;
            }

            block = NextBlock(position);
            block.TryNumber(readers, bytes, out acl);
        }

        var into = block.Bytes.AsSpan(block.End, bytes);
        BinaryPrimitives.WriteInt64LittleEndian(into, position.Zxid);
        BinaryPrimitives.WriteInt32LittleEndian(into[8..], position.Index);
        BinaryPrimitives.WriteInt32LittleEndian(into[12..], path.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(into[16..], acl);
        into[18] = (byte)type;
        path.CopyTo(into[HeaderBytes..]);
        block.End += bytes;
        block.Last = position;
    }

    /// <summary>
    /// Walks from a position on, within a number of bytes; <paramref name="visit"/> answers whether it wants more. True if the end was
    /// reached. The position must not be before <see cref="Oldest"/>.
    /// </summary>
    public bool Walk(ref RingCursor cursor, int bytes, IRingVisitor visit)
    {
        var (number, at) = Find(cursor);
        for (; number < _blocks.Count; number++, at = 0)
        {
            var block = _blocks[number];
            while (at < block.End)
            {
                if (bytes <= 0)
                {
                    cursor = cursor with { Block = block, Generation = block.Generation, At = at }; // also where all was too old
                    return false;
                }

                var entry = block.Bytes.AsSpan(at);
                var length = BinaryPrimitives.ReadInt32LittleEndian(entry[12..]);
                var position = new ChangePosition(BinaryPrimitives.ReadInt64LittleEndian(entry), BinaryPrimitives.ReadInt32LittleEndian(entry[8..]));
                at += HeaderBytes + length;
                bytes -= HeaderBytes + length;
                if (position <= cursor.Position)
                {
                    continue;
                }

                var isWanted = visit.Visit(
                    position, (WatchEventType)entry[18], entry.Slice(HeaderBytes, length),
                    block.Lists[BinaryPrimitives.ReadUInt16LittleEndian(entry[16..])]);
                cursor = new RingCursor(position, block, block.Generation, at);
                if (!isWanted)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private (int Block, int At) Find(in RingCursor cursor)
    {
        var (low, high) = (0, _blocks.Count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = _blocks[middle].Last < cursor.Position ? (middle + 1, high) : (low, middle);
        }

        return low < _blocks.Count && ReferenceEquals(_blocks[low], cursor.Block) && _blocks[low].Generation == cursor.Generation
            ? (low, cursor.At) : (low, 0);
    }

    private Block NextBlock(ChangePosition first)
    {
        var now = time.GetTimestamp();
        if (_last is not null)
        {
            _last.FullAt = now;
        }

        Block block;
        if (_blocks.Count >= _maxBlocks || (_blocks.Count > 1 && time.GetElapsedTime(_blocks[0].FullAt, now) > age))
        {
            block = _blocks[0];
            (Oldest, IsWhole) = (block.Last, false);
            _blocks.RemoveAt(0);
            block.Reset();
        }
        else
        {
            block = new Block(blockBytes);
        }

        block.Last = first;
        _blocks.Add(block);
        return _last = block;
    }

    /// <summary>A run of events and the access lists they name.</summary>
    internal sealed class Block(int bytes)
    {
        private int _aclBytes;
        private int _lastNumber;

        public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(bytes);

        public List<AccessList> Lists { get; } = [];

        public int End { get; set; }

        public ChangePosition Last { get; set; }

        public long FullAt { get; set; }

        /// <summary>How often it was begun anew.</summary>
        public int Generation { get; private set; }

        public int Room => Bytes.Length - End - _aclBytes;

        /// <summary>The list's place in this block; false if there is no room for another one.</summary>
        public bool TryNumber(AccessList list, int eventBytes, out ushort number)
        {
            if (_lastNumber < Lists.Count && ReferenceEquals(Lists[_lastNumber], list))
            {
                number = (ushort)_lastNumber;
                return true;
            }

            // Most events name one of a few lists; those beyond are listed again, which costs room and nothing else.
            for (var i = Lists.Count - 1; i >= Math.Max(0, Lists.Count - 16); i--)
            {
                if (ReferenceEquals(Lists[i], list))
                {
                    number = (ushort)(_lastNumber = i);
                    return true;
                }
            }

            var cost = AclEntryBytes * (list.Entries.Count + 1);
            number = (ushort)Lists.Count;
            if (Lists.Count > 0 && (Lists.Count > ushort.MaxValue || cost > Room - eventBytes))
            {
                return false;
            }

            _aclBytes += Math.Min(cost, Math.Max(Room - eventBytes, 0));
            Lists.Add(list);
            _lastNumber = number;
            return true;
        }

        public void Reset()
        {
            Lists.Clear();
            (End, _aclBytes, _lastNumber) = (0, 0, 0);
            Generation++;
        }
    }
}

/// <summary>How far a walk has come.</summary>
/// <param name="Position">The last event seen.</param>
/// <param name="Block">Where it lies, if it is known; a block that was begun anew since is another one.</param>
/// <param name="Generation">The block's.</param>
/// <param name="At">Where the next one begins.</param>
internal readonly record struct RingCursor(ChangePosition Position, TreeEventRing.Block? Block = null, int Generation = 0, int At = 0);

/// <summary>Takes events of a walk.</summary>
internal interface IRingVisitor
{
    /// <summary>An event; answers whether more are wanted.</summary>
    bool Visit(ChangePosition position, WatchEventType type, ReadOnlySpan<byte> path, AccessList readers);
}
