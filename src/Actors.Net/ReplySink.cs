using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using Actors.Model.Leases;

namespace Actors.Net;

/// <summary>
/// What a connection is about to send: written bytes, packed into leased blocks, and spliced slices and file regions, in order. Small
/// replies share a block and thus one segment; records of a fetch go out from where they lie.
/// </summary>
public sealed class ReplySink : IBufferWriter<byte>
{
    private readonly LeasePool _pool;
    private ReplySegment[] _segments = new ReplySegment[8];
    private int _head;
    private int _tail;
    private Lease? _block;
    private int _blockUsed;
    private int _segmentedTo;

    /// <summary>An empty sink that rents from <paramref name="pool"/>, beyond its budget if need be: sending frees memory.</summary>
    public ReplySink(LeasePool pool) => _pool = pool;

    /// <summary>Bytes not sent yet.</summary>
    public long PendingBytes { get; private set; }

    /// <summary>Bytes put in since the sink was made.</summary>
    public long WrittenBytes { get; private set; }

    /// <summary>The segments not sent yet, in order.</summary>
    internal ReadOnlySpan<ReplySegment> Segments
    {
        get
        {
            CloseSegment();
            return _segments.AsSpan(_head, _tail - _head);
        }
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var min = Math.Max(sizeHint, 1);
        if (_block is null || _block.LengthBytes - _blockUsed < min)
        {
            LeaveBlock();
            _block = _pool.Rent(min);
            _blockUsed = _segmentedTo = 0;
        }

        return _block.Array.AsMemory(_blockUsed);
    }

    /// <inheritdoc/>
    public void Advance(int count)
    {
        Debug.Assert(_block is not null && count >= 0 && count <= _block.LengthBytes - _blockUsed, "advanced beyond the block");
        _blockUsed += count;
        PendingBytes += count;
        WrittenBytes += count;
    }

    /// <summary>Adds bytes by copying them.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Advance(bytes.Length);
    }

    /// <summary>Adds a slice without copying; takes over one reference of it.</summary>
    public void Splice(LeaseSlice slice)
    {
        if (slice.IsEmpty)
        {
            slice.Release();
            return;
        }

        CloseSegment();
        Push(new ReplySegment(slice));
        PendingBytes += slice.LengthBytes;
        WrittenBytes += slice.LengthBytes;
    }

    /// <summary>Adds a region of a file, sent from there; takes it over.</summary>
    public void Splice(FileRegion region)
    {
        ArgumentNullException.ThrowIfNull(region);
        CloseSegment();
        Push(new ReplySegment(region));
        PendingBytes += region.LengthBytes;
        WrittenBytes += region.LengthBytes;
    }

    /// <summary>Begins a frame: leaves room for the four bytes of its length.</summary>
    public FrameMark BeginFrame()
    {
        GetSpan(FrameSplitter.LengthBytes);
        var mark = new FrameMark(_block!, _blockUsed, WrittenBytes);
        Advance(FrameSplitter.LengthBytes);
        return mark;
    }

    /// <summary>Ends a frame: writes the length of what was put in since <see cref="BeginFrame"/>.</summary>
    public void EndFrame(FrameMark mark)
    {
        var bodyBytes = checked((int)(WrittenBytes - mark.WrittenBytes - FrameSplitter.LengthBytes));
        BinaryPrimitives.WriteInt32BigEndian(mark.Block.Array.AsSpan(mark.Position), bodyBytes);
    }

    /// <summary>The first bytes were sent: lets go of them.</summary>
    internal void Consume(int bytes)
    {
        PendingBytes -= bytes;
        Debug.Assert(PendingBytes >= 0, "more was sent than there was");
        while (bytes > 0)
        {
            ref var segment = ref _segments[_head];
            if (bytes < segment.LengthBytes)
            {
                segment = segment.After(bytes);
                return;
            }

            bytes -= segment.LengthBytes;
            segment.Release();
            segment = default;
            _head++;
        }

        if (_head == _tail)
        {
            _head = _tail = 0;
            if (PendingBytes == 0)
            {
                LeaveBlock();
            }
        }
    }

    /// <summary>Lets go of everything.</summary>
    internal void Clear()
    {
        CloseSegment();
        while (_head < _tail)
        {
            _segments[_head].Release();
            _segments[_head++] = default;
        }

        _head = _tail = 0;
        PendingBytes = 0;
        LeaveBlock();
    }

    private void CloseSegment()
    {
        if (_block is not null && _blockUsed > _segmentedTo)
        {
            _block.AddReference();
            Push(new ReplySegment(_block.Slice(_segmentedTo, _blockUsed - _segmentedTo)));
            _segmentedTo = _blockUsed;
        }
    }

    private void LeaveBlock()
    {
        CloseSegment();
        _block?.Release();
        _block = null;
    }

    private void Push(in ReplySegment segment)
    {
        if (_tail == _segments.Length)
        {
            if (_head > _segments.Length / 2)
            {
                _segments.AsSpan(_head, _tail - _head).CopyTo(_segments);
                _segments.AsSpan(_tail - _head, _head).Clear();
                (_head, _tail) = (0, _tail - _head);
            }
            else
            {
                Array.Resize(ref _segments, _segments.Length * 2);
            }
        }

        _segments[_tail++] = segment;
    }
}

/// <summary>Where a frame's length will be written.</summary>
/// <param name="Block">The block.</param>
/// <param name="Position">Position in it.</param>
/// <param name="WrittenBytes">Bytes put into the sink before the frame.</param>
public readonly record struct FrameMark(Lease Block, int Position, long WrittenBytes);
