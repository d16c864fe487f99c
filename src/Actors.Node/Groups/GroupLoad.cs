using System.Buffers;
using Actors.Groups;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Leases;
using Actors.Model.Machines;
using Actors.Model.Ports;
using Actors.Model.Records;

namespace Actors.Node.Groups;

/// <summary>Makes a machine from the records of its partition.</summary>
internal sealed class GroupLoad(ILocalPartition partition, int leaderEpoch, GroupSettings settings, IBatchInflater inflater)
{
    private readonly GroupMachine _machine = new(settings);
    private Effects<GroupEffect> _effects;

    /// <summary>Records replayed.</summary>
    public long Records { get; private set; }

    /// <summary>Reads the log up to its end as of now, which has to be committed first; the machine does not serve yet.</summary>
    /// <exception cref="GroupLoadException">The log cannot be read, or another epoch began.</exception>
    public async Task<GroupMachine> RunAsync(CancellationToken cancellationToken)
    {
        var offsets = partition.Offsets;
        var end = offsets.LogEnd;
        var slices = new List<LeaseSlice>();
        for (var next = offsets.LogStart; next < end;)
        {
            var request = new ReadRequest
            {
                Offset = next,
                MaxBytes = GroupHostOptions.LoadChunkBytes,
                FirstBatchWhole = true,
                CurrentLeaderEpoch = leaderEpoch,
                LastFetchedEpoch = -1,
            };
            var read = await partition.ReadAsync(request, slices, cancellationToken).ConfigureAwait(false);
            try
            {
                if (read.Error == ErrorCode.OffsetOutOfRange && read.Offsets.LogStart > next)
                {
                    next = read.Offsets.LogStart; // the log was cleaned meanwhile
                    continue;
                }

                Check(read.Error, next);
                next = Replay(slices, next);
            }
            finally
            {
                slices.ForEach(s => s.Release());
                slices.Clear();
            }

            if (read.Bytes == 0 && next < end)
            {
                await new ProgressWait(partition, read.Offsets.HighWatermark).WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return _machine;
    }

    private long Replay(List<LeaseSlice> slices, long next)
    {
        foreach (var slice in slices)
        {
            for (var at = 0; at < slice.LengthBytes;)
            {
                var rest = slice.Memory[at..];
                var size = rest.Length < RecordBatch.HeaderBytes ? int.MaxValue : RecordBatch.SizeBytes(rest.Span);
                if (size > rest.Length || !RecordBatch.HasValidCrc(rest.Span[..size]))
                {
                    Check(ErrorCode.CorruptMessage, next);
                }

                var info = RecordBatch.ReadInfo(rest.Span);
                if (!info.IsControl)
                {
                    Replay(info, RecordsOf(info, rest[RecordBatch.HeaderBytes..size], next));
                }

                next = info.NextOffset;
                at += size;
            }
        }

        return next;
    }

    private void Replay(in RecordBatchInfo info, ReadOnlyMemory<byte> records)
    {
        var walk = new RecordEnumerator(in info, records.Span);
        while (walk.MoveNext())
        {
            var record = walk.Current;
            var key = records.Slice(record.KeyAt, Math.Max(0, record.KeyBytes));
            ReadOnlyMemory<byte>? value = null;
            if (record.HasValue)
            {
                value = records.Slice(record.ValueAt, record.ValueBytes);
            }

            _machine.Step(GroupInput.Replayed(key, value), ref _effects);
            Records++;
        }

        Check(walk.Error, info.BaseOffset);
    }

    // This node writes them plain; a log that was brought from elsewhere may be compressed.
    private ReadOnlyMemory<byte> RecordsOf(in RecordBatchInfo info, ReadOnlyMemory<byte> stored, long offset)
    {
        if (info.Codec == CompressionCodec.None)
        {
            return stored;
        }

        var plain = new InflatedBytes();
        Check(inflater.Inflate(info.Codec, stored, InflatedBytes.MaxBytes, plain), offset);
        return plain.Bytes;
    }

    private void Check(ErrorCode error, long offset)
    {
        if (error != ErrorCode.None)
        {
            throw new GroupLoadException(
                error, $"{GroupPlacement.Topic}-{partition.Id.Partition} cannot be read at offset {offset}: {error}.");
        }
    }

    private sealed class InflatedBytes : IInflatedSink
    {
        public const int MaxBytes = 64 << 20;
        private readonly ArrayBufferWriter<byte> _writer = new();

        public ReadOnlyMemory<byte> Bytes => _writer.WrittenMemory;

        public bool Take(ReadOnlySpan<byte> bytes)
        {
            _writer.Write(bytes);
            return true;
        }
    }

    private sealed class ProgressWait(ILocalPartition partition, long seen) : IProgressWaiter
    {
        private readonly TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task WaitAsync(CancellationToken cancellationToken)
        {
            if (partition.TryPark(this, 0, seen))
            {
                try
                {
                    await _moved.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    partition.Unpark(this, 0);
                }
            }
        }

        public bool OnProgress(long token) => true;

        public void Wake() => _moved.TrySetResult();
    }
}

/// <summary>A partition of groups could not be replayed.</summary>
internal sealed class GroupLoadException(ErrorCode error, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public ErrorCode Error { get; } = error;
}
