using Actors.Model.Records;
using Actors.Storage.Devices;
using Actors.Storage.Recovery;

namespace Actors.Storage.Cleaning;

/// <summary>Reads segments from end to end, each batch's header and checksum checked. One buffer serves all; not for several threads.</summary>
internal sealed class SegmentReader(IStorageDevice device, CleaningPace pace)
{
    private const int FirstBufferBytes = 4 << 20;

    private byte[] _buffer = [];
    private IStorageFile? _file;
    private string _path = "";
    private long _position;
    private long _sizeBytes;
    private long _expectedOffset;
    private int _start;
    private int _end;

    /// <summary>The last batch's header.</summary>
    public RecordBatchInfo Info { get; private set; }

    /// <summary>The last batch; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Batch { get; private set; }

    /// <summary>Begins a segment.</summary>
    public void Open(SegmentSource segment)
    {
        Close();
        _file = device.Open(segment.Path, writable: false);
        _path = segment.Path;
        (_position, _sizeBytes, _expectedOffset, _start, _end) = (0, segment.SizeBytes, segment.BaseOffset, 0, 0);
    }

    public void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <summary>The next batch; false at the segment's end.</summary>
    /// <exception cref="StorageCorruptionException">What is there is no batch, or does not match its checksum.</exception>
    public bool TryNext()
    {
        if (_start == _end && _position == _sizeBytes)
        {
            return false;
        }

        Fill(RecordBatch.HeaderBytes);
        var left = _sizeBytes - _position + _end - _start;
        var problem = _end - _start < RecordBatch.HeaderBytes ? "the file ends within a batch's header"
            : BatchScanner.CheckHeader(_buffer.AsSpan(_start, RecordBatch.HeaderBytes), left, _expectedOffset);
        if (problem is null)
        {
            Info = RecordBatch.ReadInfo(_buffer.AsSpan(_start));
            Fill(Info.SizeBytes);
            Batch = _buffer.AsMemory(_start, Info.SizeBytes);
            problem = RecordBatch.HasValidCrc(Batch.Span) ? null : "a batch does not match its checksum";
        }

        if (problem is not null)
        {
            throw new StorageCorruptionException($"{_path} is damaged at byte {_position - (_end - _start)}: {problem}");
        }

        _start += Info.SizeBytes;
        _expectedOffset = Info.NextOffset;
        return true;
    }

    /// <summary>Has so many bytes in the buffer, unless the segment ends before.</summary>
    private void Fill(int bytes)
    {
        if (_end - _start >= bytes || _position == _sizeBytes)
        {
            return;
        }

        if (_buffer.Length < Math.Max(bytes, FirstBufferBytes))
        {
            var larger = GC.AllocateUninitializedArray<byte>(Math.Max(bytes, FirstBufferBytes));
            _buffer.AsSpan(_start, _end - _start).CopyTo(larger);
            _buffer = larger;
        }
        else
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        }

        (_start, _end) = (0, _end - _start);
        var wanted = (int)Math.Min(_buffer.Length - _end, _sizeBytes - _position);
        var read = _file!.Read(_buffer.AsSpan(_end, wanted), _position);
        if (read < wanted)
        {
            throw new StorageCorruptionException($"{_path} is shorter than the {_sizeBytes} bytes it should hold");
        }

        _position += read;
        _end += read;
        pace.Count(read);
    }
}
