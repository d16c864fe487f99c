using Actors.Model.Ports;

namespace Actors.Model.Records;

/// <summary>
/// Walks records that come in pieces (from an inflater): same rules as <see cref="RecordWalk"/>, no memory but its own fields, however
/// large a record is. A record that lies in one piece goes the fast way, one cut by a border byte by byte.
/// </summary>
internal sealed class RecordWalker : IInflatedSink
{
    private readonly RecordBatchInfo _info;
    private readonly RecordFaults? _faults;
    private Field _field;
    private ulong _bits;
    private int _shift;
    private int _left; // bytes of the record begun that are still to come
    private int _skip; // of these, bytes of a key or value
    private int _headersLeft;
    private int _index;
    private RecordFields _record;
    private long _minDelta = long.MaxValue;
    private long _maxDelta = long.MinValue;
    private int _nullKeys;

    public RecordWalker(in RecordBatchInfo info, RecordFaults? faults = null)
    {
        _info = info;
        _faults = faults;
    }

    private enum Field : byte
    {
        Length,
        Attributes,
        TimestampDelta,
        OffsetDelta,
        KeyLength,
        ValueLength,
        HeaderCount,
        HeaderKeyLength,
        HeaderValueLength,
    }

    /// <summary>The first record that is wrong, if one is.</summary>
    public RecordFault? Broken { get; private set; }

    /// <summary>The records that break a rule, where it was asked to collect them.</summary>
    public RecordFaults? Faults => _faults;

    public RecordSummary Summary =>
        new(unchecked(_info.BaseTimestampMs + _minDelta), unchecked(_info.BaseTimestampMs + _maxDelta), _nullKeys);

    public bool Take(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && Broken is null)
        {
            if (_skip > 0)
            {
                var skipped = Math.Min(_skip, bytes.Length - at);
                _skip -= skipped;
                at += skipped;
                EndIfComplete();
            }
            else if (_field == Field.Length && _shift == 0 && LiesWhole(bytes[at..]))
            {
                if (!RecordWalk.TryRead(bytes, ref at, out _record))
                {
                    Break(RecordWalk.BadShape);
                    return false;
                }

                EndRecord();
            }
            else
            {
                Step(bytes[at++]);
            }
        }

        return Broken is null;
    }

    /// <summary>No more bytes come.</summary>
    public void Finish()
    {
        if (Broken is null && (_index != _info.RecordCount || _field != Field.Length || _shift != 0))
        {
            Break($"The batch ends after {_index} of {_info.RecordCount} records.");
        }
    }

    private bool LiesWhole(ReadOnlySpan<byte> bytes)
    {
        if (_index >= _info.RecordCount)
        {
            return false;
        }

        ulong bits = 0;
        for (var i = 0; i < 5 && i < bytes.Length; i++)
        {
            bits |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                return (bits & 1) == 0 && (long)(bits >> 1) <= bytes.Length - i - 1;
            }
        }

        return false;
    }

    private void Step(byte next)
    {
        if (_index >= _info.RecordCount)
        {
            Break($"Bytes follow the last of {_info.RecordCount} records.");
            return;
        }

        if (_field != Field.Length && --_left < 0)
        {
            Break(RecordWalk.BadShape);
            return;
        }

        if (_field == Field.Attributes)
        {
            _field = Field.TimestampDelta;
            return;
        }

        _bits |= (ulong)(next & 0x7F) << _shift;
        if (next >= 0x80 || (_shift >= 63 && next > 1))
        {
            _shift += 7;
            if (_shift >= 70 || next < 0x80)
            {
                Break(RecordWalk.BadShape);
            }

            return;
        }

        var value = (long)(_bits >> 1) ^ -(long)(_bits & 1);
        _bits = 0;
        _shift = 0;
        if (_field != Field.TimestampDelta && value is < int.MinValue or > int.MaxValue)
        {
            Break(RecordWalk.BadShape);
            return;
        }

        EndField(value);
        EndIfComplete();
    }

    private void EndField(long value)
    {
        var number = (int)value;
        switch (_field)
        {
            case Field.Length:
                _left = number;
                _field = Field.Attributes;
                if (number < 0)
                {
                    Break(RecordWalk.BadShape);
                }

                break;
            case Field.TimestampDelta:
                _record.TimestampDelta = value;
                _field = Field.OffsetDelta;
                break;
            case Field.OffsetDelta:
                _record.OffsetDelta = number;
                _field = Field.KeyLength;
                break;
            case Field.KeyLength:
                _record.NullKey = number < 0;
                Skip(number, nullable: true, Field.ValueLength);
                break;
            case Field.ValueLength:
                Skip(number, nullable: true, Field.HeaderCount);
                break;
            case Field.HeaderCount:
                _headersLeft = number;
                _field = Field.HeaderKeyLength;
                if ((uint)number > (uint)_left / 2)
                {
                    Break(RecordWalk.BadShape);
                }

                break;
            case Field.HeaderKeyLength:
                Skip(number, nullable: false, Field.HeaderValueLength);
                break;
            default:
                _headersLeft--;
                Skip(number, nullable: true, Field.HeaderKeyLength);
                break;
        }
    }

    private void Skip(int length, bool nullable, Field next)
    {
        _field = next;
        if (length > _left || length < (nullable ? -1 : 0))
        {
            Break(RecordWalk.BadShape);
        }
        else if (length > 0)
        {
            _skip = length;
            _left -= length;
        }
    }

    private void EndIfComplete()
    {
        if (_field != Field.HeaderKeyLength || _headersLeft > 0 || _skip > 0 || Broken is not null)
        {
            return;
        }

        if (_left != 0)
        {
            Break(RecordWalk.BadShape);
            return;
        }

        _field = Field.Length;
        EndRecord();
    }

    private void EndRecord()
    {
        if (_record.OffsetDelta != _index)
        {
            Break(RecordWalk.WrongOffset(_index, _record.OffsetDelta));
            return;
        }

        _faults?.Look(_index, unchecked(_info.BaseTimestampMs + _record.TimestampDelta), _record.NullKey);
        _nullKeys += _record.NullKey ? 1 : 0;
        _minDelta = Math.Min(_minDelta, _record.TimestampDelta);
        _maxDelta = Math.Max(_maxDelta, _record.TimestampDelta);
        _index++;
    }

    private void Break(string message) => Broken ??= new RecordFault(Math.Min(_index, _info.RecordCount - 1), message);
}
