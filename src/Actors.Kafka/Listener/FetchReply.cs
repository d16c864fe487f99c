using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Net;

namespace Actors.Kafka.Listener;

/// <summary>
/// One Fetch request on its way: opens cold partitions, waits until there is enough to answer with, reads, answers. It waits parked on
/// its partitions and on the listener's one timer wheel; what moves only signals it, everything else happens on the connection's turn.
/// </summary>
internal sealed partial class FetchReply : KafkaReply, IProgressWaiter, ITimed
{
    private readonly KafkaConnection _connection;
    private readonly int _throttleMs;
    private readonly RequestContext _context;
    private readonly List<LeaseSlice> _slices = [];
    private readonly List<FileRegion?> _regions = [];
    private Row[] _rows = [];
    private int _rowCount;
    private FetchSession? _session;
    private bool _isFull = true;
    private int _maxWaitMs;
    private int _minBytes;
    private int _maxBytes;
    private ReadIsolation _isolation;
    private TimerWheelEntry? _timer;
    private Stage _stage;
    private volatile bool _due;
    private long _heldBytes;

    public FetchReply(KafkaConnection connection, in KafkaRequest request)
    {
        _connection = connection;
        _context = request.Context;
        _throttleMs = request.Context.ThrottleMs;
        Answer(request);
    }

    private enum Stage : byte
    {
        Opening,
        Waiting,
        Reading,
        Answered,
        Left,
    }

    /// <summary>Outcome of the request as a whole.</summary>
    public ErrorCode Error { get; set; }

    public void Limits(int maxWaitMs, int minBytes, int maxBytes, sbyte isolation)
    {
        var limits = _connection.Services.Limits;
        _maxWaitMs = Math.Clamp(maxWaitMs, 0, limits.MaxFetchWaitMs);
        _maxBytes = Math.Clamp(maxBytes, 0, limits.MaxFetchBytes);
        _minBytes = Math.Min(Math.Max(minBytes, 0), _maxBytes);
        _isolation = isolation == 1 ? ReadIsolation.ReadCommitted : ReadIsolation.ReadUncommitted;
    }

    public void UseSession(FetchSession? session, bool isFull)
    {
        _session = session;
        _isFull = isFull;
    }

    public void AddRows(IReadOnlyCollection<FetchPartition> partitions)
    {
        _rows = new Row[partitions.Count];
        foreach (var partition in partitions)
        {
            ref var row = ref _rows[_rowCount++];
            row.Key = partition.Key;
            row.CurrentLeaderEpoch = partition.CurrentLeaderEpoch;
            row.FetchOffset = partition.FetchOffset;
            row.LastFetchedEpoch = partition.LastFetchedEpoch;
            row.MaxBytes = partition.MaxBytes;
            Resolve(ref row);
        }
    }

    /// <summary>Begins: on the connection's turn, in its place in the queue.</summary>
    public void Start()
    {
        var opening = OpenCold();
        if (opening is null)
        {
            Evaluate();
        }
        else
        {
            _ = AwaitOpeningAsync(opening);
        }
    }

    public bool OnProgress(long token)
    {
        Volatile.Write(ref _rows[token].Parked, false);
        return Signal();
    }

    public void Wake() => WakeConnection();

    public void OnDue()
    {
        _due = true;
        if (Signal())
        {
            WakeConnection();
        }
    }

    protected override void OnSignal()
    {
        if (_bug is { } bug)
        {
            throw new InvalidOperationException("A fetch failed.", bug);
        }

        switch (_stage)
        {
            case Stage.Opening when _opened:
            case Stage.Waiting:
                Evaluate();
                break;
            case Stage.Reading when _read:
                Finish();
                break;
            default:
                break; // a progress or a tick that came too late
        }
    }

    protected override void OnDrain()
    {
        _due = true;
        if (_stage == Stage.Waiting)
        {
            Evaluate();
        }
    }

    protected override void OnLeft(bool sent)
    {
        StopWaiting();
        _connection.AddHeldBytes(-_heldBytes);
        _heldBytes = 0;
        lock (_slices)
        {
            var reading = _stage == Stage.Reading && !_read;
            _stage = Stage.Left;
            if (!reading)
            {
                ReleaseRecords(); // what was sent has been taken out
            }
        }
    }

    private void Resolve(ref Row row)
    {
        var services = _connection.Services;
        var byId = Version >= 13;
        var found = byId
            ? services.Catalog.TryGetTopic(row.Key.TopicId, out var topic)
            : services.Catalog.TryGetTopic(row.Key.TopicName, out topic);
        if (!found)
        {
            row.Fail(byId ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition);
        }
        else if (!services.Authorizer.IsAllowed(_context, KafkaOperation.Read, KafkaResource.Topic, topic!.Name))
        {
            row.Fail(ErrorCode.TopicAuthorizationFailed);
        }
        else if ((uint)row.Key.Partition >= (uint)topic.Partitions.Count)
        {
            row.Fail(ErrorCode.UnknownTopicOrPartition);
        }
        else
        {
            row.Id = new TopicPartitionId(topic.Id, row.Key.Partition);
            row.Partition = services.Partitions.TryGetOpen(row.Id, out var open) ? open : null;
        }
    }

    private void StopWaiting()
    {
        if (_timer is { } timer)
        {
            _connection.Services.Wheel.Remove(timer);
        }

        for (var i = 0; i < _rowCount; i++)
        {
            if (_rows[i].Parked)
            {
                _rows[i].Partition!.Unpark(this, i);
                _rows[i].Parked = false;
            }
        }
    }

    private void ReleaseRecords()
    {
        foreach (var slice in _slices)
        {
            slice.Release();
        }

        foreach (var region in _regions)
        {
            region?.Release();
        }

        _slices.Clear();
        _regions.Clear();
    }

    private struct Row
    {
        public FetchKey Key;
        public TopicPartitionId Id;
        public int CurrentLeaderEpoch;
        public long FetchOffset;
        public int LastFetchedEpoch;
        public int MaxBytes;
        public ILocalPartition? Partition;
        public long SeenHighWatermark;
        public bool Parked;
        public ReadResult Result;
        public int FirstSlice;
        public int SliceCount;
        public int FirstRegion;
        public int RegionCount; // sent before the slices
        public bool Included;

        public readonly bool IsFailed => Result.Error != ErrorCode.None;

        public void Fail(ErrorCode error) =>
            Result = new ReadResult(error, new PartitionOffsets(-1, -1, -1, -1), 0, -1, EpochEnd.Unknown);
    }
}
