using Actors.Model.Records;
using Actors.Storage.Devices;
using Actors.Storage.Formats;
using Actors.Storage.Partitions;

namespace Actors.Storage.Cleaning;

/// <summary>
/// Writes one new segment under a name that nothing refers to yet, <c>.cleaned</c>, with its indexes. Its last batch reaches to the next
/// segment's base offset, if need be as a batch without records: between segments there are no gaps, so that a missing one is missed.
/// </summary>
internal sealed class CleanedSegment : IDisposable
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Written bytes after which the file is synced, so that no one else's sync has to wait for all of it.</summary>
    private const int SyncBytes = 16 << 20;

    private readonly IStorageFile _file;
    private readonly CleaningPace _pace;
    private readonly int _indexIntervalBytes;
    private readonly byte[] _emptied = new byte[RecordBatch.HeaderBytes];
    private byte[] _buffer;
    private int _buffered;
    private long _written;
    private long _unsynced;
    private RecordBatchInfo? _dropped;

    public CleanedSegment(IStorageDevice device, string folder, long baseOffset, int indexIntervalBytes, CleaningPace pace, byte[]? buffer)
    {
        Segment = new LogSegment(device, folder, baseOffset, FileText.CleanedSuffix);
        _indexIntervalBytes = indexIntervalBytes;
        _pace = pace;
        _buffer = buffer is { Length: >= BufferBytes } ? buffer : GC.AllocateUninitializedArray<byte>(BufferBytes);
        _file = device.Open(Segment.Path, writable: true);
        _file.SetLength(0);
    }

    /// <summary>The segment as it will be.</summary>
    public LogSegment Segment { get; }

    /// <summary>The buffer, for the next segment.</summary>
    public byte[] Buffer => _buffer;

    /// <summary>Whether another batch fits: positions in a segment have 31 bits.</summary>
    public bool HasRoom(int bytes) => Segment.SizeBytes + bytes <= int.MaxValue - RecordBatch.HeaderBytes;

    public void Add(in RecordBatchInfo info, ReadOnlySpan<byte> batch)
    {
        _dropped = null;

        // A batch without records has a time in its header that no record has.
        Segment.Append(info.RecordCount == 0 ? info with { MaxTimestampMs = -1 } : info, _indexIntervalBytes);
        if (batch.Length > _buffer.Length - _buffered)
        {
            Flush();
            if (batch.Length > _buffer.Length)
            {
                _buffer = GC.AllocateUninitializedArray<byte>(batch.Length);
            }
        }

        batch.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += batch.Length;
    }

    /// <summary>Takes note of a batch that does not stay: the last one of the segment leaves its header behind.</summary>
    public void NoteDropped(in RecordBatchInfo info, ReadOnlySpan<byte> batch)
    {
        _dropped = info;
        BatchFilter.WriteEmpty(info, batch, _emptied);
    }

    /// <summary>Writes and syncs what is left, and the indexes.</summary>
    public void Finish(long appendedMs)
    {
        if (_dropped is not null)
        {
            Add(RecordBatch.ReadInfo(_emptied), _emptied);
        }

        Flush();
        _file.Sync();
        _file.Dispose();
        Segment.AppendTimeEntry();
        Segment.FinishCleaned(appendedMs);
    }

    public void Dispose() => _file.Dispose();

    private void Flush()
    {
        _file.Write(_buffer.AsSpan(0, _buffered), _written);
        _written += _buffered;
        _unsynced += _buffered;
        _pace.Count(_buffered);
        _buffered = 0;
        if (_unsynced >= SyncBytes)
        {
            _file.Sync();
            _unsynced = 0;
        }
    }
}
