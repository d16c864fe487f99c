using Actors.Model;
using Actors.Model.Ports;
using Actors.Net;

namespace Actors.Kafka.Listener;

// Opening, waiting, reading.
internal sealed partial class FetchReply
{
    /// <summary>Times the partitions may move between looking and parking before the fetch is answered as it is.</summary>
    private const int MaxLooks = 4;

    private bool _opened;
    private volatile bool _read;
    private volatile Exception? _bug;

    private List<(int Row, ValueTask<PartitionOpening> Opening)>? OpenCold()
    {
        List<(int, ValueTask<PartitionOpening>)>? openings = null;
        for (var i = 0; i < _rowCount; i++)
        {
            ref var row = ref _rows[i];
            if (row.Partition is not null || row.IsFailed)
            {
                continue;
            }

            var opening = _connection.Services.Partitions.OpenAsync(row.Id, _connection.Closing);
            if (opening.IsCompletedSuccessfully)
            {
                Take(ref row, opening.Result);
            }
            else
            {
                (openings ??= []).Add((i, opening));
            }
        }

        return openings;
    }

    private static void Take(ref Row row, in PartitionOpening opening)
    {
        row.Partition = opening.Partition;
        if (opening.Error != ErrorCode.None || opening.Partition is null)
        {
            row.Fail(opening.Error == ErrorCode.None ? ErrorCode.UnknownServerError : opening.Error);
        }
    }

    private async Task AwaitOpeningAsync(List<(int Row, ValueTask<PartitionOpening> Opening)> openings)
    {
        try
        {
            foreach (var (row, opening) in openings)
            {
                Take(ref _rows[row], await opening.ConfigureAwait(false));
            }
        }
#pragma warning disable CA1031 // it surfaces in the connection's turn
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _bug = bug;
        }

        Volatile.Write(ref _opened, true);
        if (Signal())
        {
            WakeConnection();
        }
    }

    /// <summary>Answers if there is enough, an error, or no time left; else parks.</summary>
    private void Evaluate()
    {
        for (var look = 0; look < MaxLooks; look++)
        {
            if (_due || _maxWaitMs == 0 || Error != ErrorCode.None || _rowCount == 0 || _connection.IsStopping || HasEnough())
            {
                break;
            }

            if (_stage != Stage.Waiting)
            {
                _stage = Stage.Waiting;
                _timer = new TimerWheelEntry(this);
                _connection.Services.Wheel.Add(_timer, _maxWaitMs);
            }

            if (TryParkAll())
            {
                return;
            }
        }

        StopWaiting();
        Read();
    }

    /// <summary>
    /// Whether something in the request needs an answer now: enough bytes, or whatever a read would answer with an error.
    /// </summary>
    private bool HasEnough()
    {
        long bytes = 0;
        for (var i = 0; i < _rowCount; i++)
        {
            ref var row = ref _rows[i];
            if (row.Partition is not { } partition || row.IsFailed)
            {
                return true;
            }

            var offsets = partition.Offsets;
            row.SeenHighWatermark = offsets.HighWatermark;
            if (row.FetchOffset < offsets.LogStart || row.FetchOffset > offsets.LogEnd || row.LastFetchedEpoch >= 0
                || (row.CurrentLeaderEpoch >= 0 && row.CurrentLeaderEpoch != partition.LeaderEpoch))
            {
                return true;
            }

            var end = _isolation == ReadIsolation.ReadCommitted ? offsets.LastStable : offsets.HighWatermark;
            if (row.FetchOffset < end)
            {
                bytes += Math.Min(Math.Max(1, partition.EstimateBytes(row.FetchOffset, end)), Math.Max(1, row.MaxBytes));
            }

            if (bytes >= _minBytes)
            {
                return true;
            }
        }

        return false;
    }

    private bool TryParkAll()
    {
        for (var i = 0; i < _rowCount; i++)
        {
            ref var row = ref _rows[i];
            if (row.Parked)
            {
                continue;
            }

            // Before the call: the partition may move, and tell us, before it returns.
            Volatile.Write(ref row.Parked, true);
            if (!row.Partition!.TryPark(this, i, row.SeenHighWatermark))
            {
                row.Parked = false;
                return false;
            }
        }

        return true;
    }

    private void Read()
    {
        _stage = Stage.Reading;
        if (Error != ErrorCode.None)
        {
            Finish();
            return;
        }

        long budget = _maxBytes;
        for (var i = 0; i < _rowCount; i++)
        {
            ref var row = ref _rows[i];
            if (row.IsFailed)
            {
                continue;
            }

            var reading = ReadRow(ref row, budget);
            if (!reading.IsCompletedSuccessfully)
            {
                _ = ReadRestAsync(i, reading, budget);
                return;
            }

            EndRow(ref row, reading.Result, ref budget);
        }

        Finish();
    }

    private ValueTask<ReadResult> ReadRow(ref Row row, long budget)
    {
        row.FirstSlice = _slices.Count;
        row.FirstRegion = _regions.Count;
        return row.Partition!.ReadAsync(RequestFor(row, budget), _slices, _connection.Closing);
    }

    private ReadRequest RequestFor(in Row row, long budget) => new()
    {
        Offset = row.FetchOffset,
        MaxBytes = (int)Math.Clamp(Math.Min(row.MaxBytes, budget), 0, int.MaxValue),
        FirstBatchWhole = budget == _maxBytes,
        Isolation = _isolation,
        CurrentLeaderEpoch = row.CurrentLeaderEpoch,
        LastFetchedEpoch = row.LastFetchedEpoch,
        Regions = _regions!,
        MinRegionBytes = _connection.Services.Limits.MinRegionBytes,
    };

    private void EndRow(ref Row row, in ReadResult result, ref long budget)
    {
        row.Result = result;
        row.SliceCount = _slices.Count - row.FirstSlice;
        row.RegionCount = _regions.Count - row.FirstRegion;
        budget = Math.Max(0, budget - result.Bytes);
    }

    /// <summary>A read went to the disk: the rest follows on other threads, then the connection is signalled.</summary>
    private async Task ReadRestAsync(int row, ValueTask<ReadResult> reading, long budget)
    {
        try
        {
            while (true)
            {
                EndRow(ref _rows[row], await reading.ConfigureAwait(false), ref budget);
                do
                {
                    row++;
                }
                while (row < _rowCount && _rows[row].IsFailed);

                if (row == _rowCount)
                {
                    break;
                }

                reading = ReadRow(ref _rows[row], budget);
            }
        }
#pragma warning disable CA1031 // it surfaces in the connection's turn
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _bug = bug;
        }

        lock (_slices)
        {
            _read = true;
            if (_stage == Stage.Left)
            {
                ReleaseRecords(); // the connection closed meanwhile
                return;
            }
        }

        if (Signal())
        {
            WakeConnection();
        }
    }

    private void Finish()
    {
        _read = true;
        foreach (ref readonly var row in _rows.AsSpan(0, _rowCount))
        {
            _heldBytes += row.Result.Bytes;
        }

        _connection.AddHeldBytes(_heldBytes);
        _stage = Stage.Answered;
        SelectRows();
        Complete();
    }
}
