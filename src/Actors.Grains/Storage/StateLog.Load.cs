using Actors.Abstractions;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Records;

namespace Actors.Grains;

internal sealed partial class StateLog
{
    private const int LoadChunkBytes = 1024 * 1024;
    private static readonly TimeSpan s_commitWait = TimeSpan.FromSeconds(5);

    /// <summary>The current fold; null where there is no topic yet and none is to be made.</summary>
    /// <exception cref="LogException">The log cannot be opened or read here.</exception>
    private async ValueTask<StateFold?> FoldAsync(bool make)
    {
        var partition = await OpenAsync(make);
        if (partition is null)
        {
            return null;
        }

        if (Volatile.Read(ref _fold) is { } current && current.IsCurrentFor(partition))
        {
            return current;
        }

        await _loading.WaitAsync();
        try
        {
            if (_fold is not { } fold || !fold.IsCurrentFor(partition))
            {
                fold = new StateFold(partition, partition.LeaderEpoch);
                await LoadAsync(fold);
                Volatile.Write(ref _fold, fold);
            }

            return fold;
        }
        finally
        {
            _loading.Release();
        }
    }

    private async ValueTask<ILocalPartition?> OpenAsync(bool make)
    {
        var door = await services.Door.OpenAsync(Partition, CancellationToken.None);
        if (door.Error == ErrorCode.UnknownTopicOrPartition)
        {
            if (!make)
            {
                return null;
            }

            var error = await services.Topics.EnsureAsync(Partition.Topic, s_configs, CancellationToken.None);
            door = error == ErrorCode.None
                ? await services.Door.OpenAsync(Partition, CancellationToken.None)
                : door with { Error = error };
        }

        // A state is read and written where its log is led: with several silos that is the grain's silo if it is placed there.
        return door.Partition ?? throw new LogException(Answer.KindOf(door.Error), door.Error, $"The state log {Partition}: {door.Error}.");
    }

    private async ValueTask LoadAsync(StateFold fold)
    {
        var end = fold.Partition.Offsets.LogEnd; // what was appended before, committed or not, is part of the fold
        var next = fold.Partition.Offsets.LogStart;
        var slices = new List<LeaseSlice>();
        while (next < end)
        {
            var result = await fold.Partition.ReadAsync(Request(fold, next, LoadChunkBytes), slices, CancellationToken.None);
            try
            {
                Check(result.Error, next);
                next = Fold(fold, slices, next);
            }
            finally
            {
                Release(slices);
            }

            if (next < end && result.Bytes == 0
                && !await ProgressSignal.WaitAsync(
                    fold.Partition, result.Offsets.HighWatermark, s_commitWait, services.Time, CancellationToken.None))
            {
                throw new LogException(
                    AnswerKind.Busy, ErrorCode.NotEnoughReplicas, $"Offsets {next} to {end} of the state log {Partition} are not committed yet.");
            }
        }
    }

    private long Fold(StateFold fold, List<LeaseSlice> slices, long next)
    {
        var newest = fold.Newest.GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach (var slice in slices)
        {
            for (var at = 0; at < slice.LengthBytes;)
            {
                var batch = Whole(slice.Span[at..], next);
                var info = RecordBatch.ReadInfo(batch);
                var walk = new RecordEnumerator(in info, batch[RecordBatch.HeaderBytes..]);
                while (walk.MoveNext())
                {
                    var record = walk.Current;
                    if (!StateRecords.IsKnownKey(record.Key))
                    {
                        continue; // written by a newer program: left alone
                    }

                    if (record.HasValue)
                    {
                        newest[record.Key] = record.Offset;
                    }
                    else
                    {
                        newest.Remove(record.Key);
                    }
                }

                Check(walk.Error, next);
                next = info.NextOffset;
                at += info.SizeBytes;
            }
        }

        return next;
    }

    private async ValueTask<StoredState?> ReadRecordAsync(ILocalPartition partition, long offset)
    {
        var slices = new List<LeaseSlice>();
        try
        {
            var request = new ReadRequest
            {
                Offset = offset, MaxBytes = 1, FirstBatchWhole = true, CurrentLeaderEpoch = -1, LastFetchedEpoch = -1,
            };
            var result = await partition.ReadAsync(request, slices, CancellationToken.None);
            Check(result.Error, offset);
            return slices.Count == 0 ? null : Find(slices[0].Span, offset);
        }
        finally
        {
            Release(slices);
        }
    }

    private StoredState? Find(ReadOnlySpan<byte> bytes, long offset)
    {
        var batch = Whole(bytes, offset);
        var info = RecordBatch.ReadInfo(batch);
        var walk = new RecordEnumerator(in info, batch[RecordBatch.HeaderBytes..]);
        while (walk.MoveNext())
        {
            if (walk.Current.Offset == offset && walk.Current.HasValue)
            {
                return new StoredState(offset, StateRecords.State(walk.Current.Value).ToArray());
            }
        }

        Check(walk.Error, offset);
        return null;
    }

    /// <summary>The whole batch at the start of the bytes, its CRC checked again where it is read.</summary>
    private ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> bytes, long offset)
    {
        var size = bytes.Length < RecordBatch.HeaderBytes ? int.MaxValue : RecordBatch.SizeBytes(bytes);
        if (size > bytes.Length || !RecordBatch.HasValidCrc(bytes[..size]))
        {
            Check(ErrorCode.CorruptMessage, offset);
        }

        return bytes[..size];
    }

    private void Check(ErrorCode error, long offset)
    {
        if (error != ErrorCode.None)
        {
            throw new LogException(Answer.KindOf(error), error, $"The state log {Partition} cannot be read at offset {offset}: {error}.");
        }
    }

    private static ReadRequest Request(StateFold fold, long offset, int maxBytes) => new()
    {
        Offset = offset, MaxBytes = maxBytes, FirstBatchWhole = true, CurrentLeaderEpoch = fold.LeaderEpoch, LastFetchedEpoch = -1,
    };

    private static void Release(List<LeaseSlice> slices)
    {
        foreach (var slice in slices)
        {
            slice.Release();
        }

        slices.Clear();
    }
}
