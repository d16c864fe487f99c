using System.Buffers.Binary;
using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Node.Tree;

/// <summary>
/// Changes on their way from the apply thread to one subscriber, and marks: from here on another set of watches holds. Two buffers take
/// turns, so that neither grows while changes keep coming.
/// <code>
/// an entry, little-endian
///   0  8  zxid
///   8  4  index
///  12  4  length of the path; of a mark: the version that ends here
///  16  1  type; 0: a mark
///  17     path
/// </code>
/// </summary>
internal sealed class FeedQueue(int maxBytes)
{
    private const int HeaderBytes = 17;
    private const byte Mark = 0;

    private readonly Lock _gate = new();
    private byte[] _filling = [];
    private byte[] _draining = [];
    private int _filled;
    private int _drainEnd;
    private int _drained;
    private bool _hasOverflowed;

    /// <summary>Whether a change did not fit: none was taken since.</summary>
    public bool HasOverflowed => Volatile.Read(ref _hasOverflowed);

    /// <summary>The last change that was taken.</summary>
    public ChangePosition Last { get; private set; }

    /// <summary>Whether nothing waits. Certain only while nothing is applied.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _filled == 0 && _drained == _drainEnd;
            }
        }
    }

    /// <summary>Takes a change, or overflows.</summary>
    public void Add(ChangePosition position, WatchEventType type, ReadOnlySpan<byte> path)
    {
        lock (_gate)
        {
            if (_hasOverflowed || (_filled > 0 && _filled + HeaderBytes + path.Length > maxBytes))
            {
                Volatile.Write(ref _hasOverflowed, true);
                return;
            }

            Write(position, (byte)type, path.Length, path);
            Last = position;
        }
    }

    /// <summary>Up to here the watches of a version hold.</summary>
    public void AddMark(int version, ChangePosition position)
    {
        lock (_gate)
        {
            Write(position, Mark, version, default);
        }
    }

    /// <summary>What did not fit is read from elsewhere: changes are taken again.</summary>
    public void ForgetOverflow() => Volatile.Write(ref _hasOverflowed, false);

    /// <summary>Reads up to a mark or a number of bytes. False if nothing waits.</summary>
    public bool TryDrain(IFeedSink sink, int bytes, out ChangePosition end, out int? endOfVersion)
    {
        (end, endOfVersion) = (default, null);
        if (_drained == _drainEnd)
        {
            lock (_gate)
            {
                (_filling, _draining) = (_draining, _filling);
                (_drained, _drainEnd, _filled) = (0, _filled, 0);
            }
        }

        var isAny = _drained < _drainEnd;
        while (_drained < _drainEnd && bytes > 0)
        {
            var entry = _draining.AsSpan(_drained);
            end = new ChangePosition(BinaryPrimitives.ReadInt64LittleEndian(entry), BinaryPrimitives.ReadInt32LittleEndian(entry[8..]));
            var length = BinaryPrimitives.ReadInt32LittleEndian(entry[12..]);
            if (entry[16] == Mark)
            {
                _drained += HeaderBytes;
                endOfVersion = length;
                break;
            }

            sink.Add(end, (WatchEventType)entry[16], entry.Slice(HeaderBytes, length));
            _drained += HeaderBytes + length;
            bytes -= HeaderBytes + length;
        }

        return isAny;
    }

    private void Write(ChangePosition position, byte type, int number, ReadOnlySpan<byte> path)
    {
        var end = _filled + HeaderBytes + path.Length;
        if (end > _filling.Length)
        {
            Array.Resize(ref _filling, Math.Max(end, Math.Max(256, _filling.Length * 2)));
        }

        var into = _filling.AsSpan(_filled);
        BinaryPrimitives.WriteInt64LittleEndian(into, position.Zxid);
        BinaryPrimitives.WriteInt32LittleEndian(into[8..], position.Index);
        BinaryPrimitives.WriteInt32LittleEndian(into[12..], number);
        into[16] = type;
        path.CopyTo(into[HeaderBytes..]);
        _filled = end;
    }
}
