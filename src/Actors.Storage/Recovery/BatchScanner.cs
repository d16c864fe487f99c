using System.Buffers.Binary;
using Actors.Model.Leases;
using Actors.Model.Records;
using Actors.Storage.Devices;

namespace Actors.Storage.Recovery;

/// <summary>Reads a segment's file batch by batch, each one checked: header relations, order of offsets, CRC.</summary>
internal sealed class BatchScanner : IDisposable
{
    /// <summary>The largest batch that is believed, 256 MiB: above Kafka's largest request (100 MiB) by far.</summary>
    public const int MaxBatchBytes = 256 << 20;

    private const int ReadBytes = LeasePool.LargeBytes;

    private readonly IStorageFile _file;
    private readonly LeasePool _leases;
    private readonly long _fileBytes;
    private Lease _lease;
    private long _leasePosition;
    private int _leaseBytes;

    public BatchScanner(IStorageFile file, LeasePool leases, long position, long expectedOffset)
    {
        _file = file;
        _leases = leases;
        _fileBytes = file.Length;
        _lease = leases.Rent((int)Math.Min(ReadBytes, Math.Max(1, _fileBytes - position)));
        Position = position;
        ExpectedOffset = expectedOffset;
    }

    /// <summary>Position behind the last good batch.</summary>
    public long Position { get; private set; }

    /// <summary>Least offset the next batch may have.</summary>
    public long ExpectedOffset { get; set; }

    /// <summary>The file's length.</summary>
    public long FileBytes => _fileBytes;

    /// <summary>Why the last call found no batch; null at the file's end.</summary>
    public string? Problem { get; private set; }

    /// <summary>The next batch; false at the end or at the first one that is not good.</summary>
    public bool TryNext(out RecordBatchInfo info, out ReadOnlySpan<byte> batch)
    {
        info = default;
        batch = default;
        if (Position == _fileBytes)
        {
            Problem = null;
            return false;
        }

        if (_fileBytes - Position < RecordBatch.HeaderBytes)
        {
            Problem = "the file ends within a batch's header";
            return false;
        }

        var header = View(Position, RecordBatch.HeaderBytes);
        Problem = CheckHeader(header, _fileBytes - Position, ExpectedOffset);
        if (Problem is not null)
        {
            return false;
        }

        info = RecordBatch.ReadInfo(header);
        batch = View(Position, info.SizeBytes);
        if (!RecordBatch.HasValidCrc(batch))
        {
            Problem = "a batch does not match its checksum";
            return false;
        }

        Position += info.SizeBytes;
        ExpectedOffset = info.NextOffset;
        return true;
    }

    /// <summary>What is wrong with a header, or null. The CRC is not looked at.</summary>
    public static string? CheckHeader(ReadOnlySpan<byte> header, long availableBytes, long expectedOffset)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(header[RecordBatch.LengthAt..]);
        if (header[RecordBatch.MagicAt] != RecordBatch.Magic)
        {
            return "no batch begins there";
        }

        if (length < RecordBatch.MinLength || length > MaxBatchBytes)
        {
            return "a batch has an impossible length";
        }

        if (length + RecordBatch.LogOverheadBytes > availableBytes)
        {
            return "the file ends within a batch";
        }

        var info = RecordBatch.ReadInfo(header);
        return info.BaseOffset < expectedOffset ? $"a batch has offset {info.BaseOffset}, below {expectedOffset}"
            : info.LastOffsetDelta < 0 || info.RecordCount < 0 || info.LeaderEpoch < 0 ? "a batch's header contradicts itself"
            : null;
    }

    /// <summary>Bytes of the file from a position on, at most one lease of them; shorter at the end.</summary>
    public ReadOnlySpan<byte> Peek(long position, int atMostBytes) =>
        View(position, (int)Math.Min(Math.Min(atMostBytes, ReadBytes), _fileBytes - position));

    /// <summary>Exactly these bytes of the file. The window of an earlier look may be gone afterwards.</summary>
    public bool TryPeekWhole(long position, int lengthBytes, out ReadOnlySpan<byte> bytes)
    {
        var isThere = position + lengthBytes <= _fileBytes;
        bytes = isThere ? View(position, lengthBytes) : default;
        return isThere;
    }

    public void Dispose() => _lease.Release();

    private ReadOnlySpan<byte> View(long position, int lengthBytes)
    {
        if (position < _leasePosition || position + lengthBytes > _leasePosition + _leaseBytes)
        {
            if (lengthBytes > _lease.LengthBytes)
            {
                _lease.Release();
                _lease = _leases.Rent(lengthBytes);
            }

            _leasePosition = position;
            _leaseBytes = (int)Math.Min(_lease.LengthBytes, _fileBytes - position);
            var read = _file.Read(_lease.Array.AsSpan(0, _leaseBytes), position);
            if (read < _leaseBytes)
            {
                throw new StorageException("pread", _file.Path, StorageException.InputOutput, "the file became shorter while it was read");
            }
        }

        return _lease.Array.AsSpan((int)(position - _leasePosition), lengthBytes);
    }
}
