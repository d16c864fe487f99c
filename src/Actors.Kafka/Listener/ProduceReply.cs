using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Ports;

namespace Actors.Kafka.Listener;

/// <summary>
/// One Produce request on its way: its rows (one per partition), which are appended in order, and the reply once all are done. Kept and
/// used again unless something may still call it back.
/// </summary>
internal sealed partial class ProduceReply : KafkaReply, IAppendWaiter
{
    private const int Waiting = 0;
    private const int Done = 1;

    private KafkaConnection _connection = null!;
    private Topic[] _topics = new Topic[1];
    private Row[] _rows = new Row[1];
    private int _topicCount;
    private int _rowCount;
    private int _next; // first row that is not appended yet
    private short _acks;
    private int _throttleMs;
    private LeaseSlice _frame; // holds a reference while a cold partition is opened
    private bool _opening;
    private PartitionOpening _opened;
    private Exception? _openingBug;
    private int _pending; // appends not answered, and 1 while rows are left
    private bool _timedOut;

    /// <summary>Takes up a request: resolves topics and partitions, appends nothing.</summary>
    public void Begin(KafkaConnection connection, in KafkaRequest request, int partitionCount)
    {
        _connection = connection;
        Answer(request);
        _frame = request.Frame;
        _throttleMs = request.Context.ThrottleMs;
        _next = _topicCount = _rowCount = 0;
        _pending = 1;
        _opening = _timedOut = false;
        if (_rows.Length < partitionCount)
        {
            _rows = new Row[partitionCount];
        }

        var reader = new ProduceRequestReader(request.Frame.Span, request.BodyStart, request.Version);
        _acks = reader.Acks;
        DeadlineMs = _acks == 0 ? long.MaxValue : connection.CoarseNowMs + Math.Max(0, reader.TimeoutMs);
        var refusal = _acks is < -1 or > 1 ? ErrorCode.InvalidRequiredAcks
            : !reader.TransactionalId.IsNull ? ErrorCode.TransactionalIdAuthorizationFailed : ErrorCode.None;
        while (reader.NextTopic())
        {
            AddTopic(ref reader, request.Context, refusal);
        }
    }

    /// <summary>Appends rows until all are handed over or a cold partition has to be opened first. On the connection's turn.</summary>
    public void Advance()
    {
        while (_next < _rowCount)
        {
            ref var row = ref _rows[_next];
            if (row.State == Waiting)
            {
                if (row.Partition is null && !TryOpen(ref row))
                {
                    return;
                }

                if (row.State == Waiting)
                {
                    Append(ref row, _next);
                }
            }

            _next++;
        }

        if (_opening)
        {
            _opening = false;
            _frame.Release();
            _connection.ResumeFrames();
        }

        _frame = default;
        Settle();
    }

    public bool OnAppended(long token, in AppendOutcome outcome)
    {
        ref var row = ref _rows[token];
        row.Outcome = outcome;
        Volatile.Write(ref row.State, Done);
        if (Interlocked.Decrement(ref _pending) != 0)
        {
            return false;
        }

        Complete();
        return true;
    }

    public void Wake() => WakeConnection();

    protected override void OnSignal()
    {
        ref var row = ref _rows[_next];
        if (_openingBug is { } bug)
        {
            _openingBug = null;
            throw new InvalidOperationException("A partition could not be opened.", bug);
        }

        Take(ref row, _opened);
        Advance();
    }

    protected override void OnDeadline()
    {
        // Late appends still call back and find a row that nobody reads any more: this object is not used again.
        _timedOut = true;
        DeadlineMs = long.MaxValue;
        if (!_opening)
        {
            Complete();
        }
    }

    protected override void OnLeft(bool sent)
    {
        if (_opening)
        {
            _opening = false;
            _frame.Release();
        }

        _frame = default;
        if (!sent || _timedOut)
        {
            return;
        }

        _rows.AsSpan(0, _rowCount).Clear();
        _topics.AsSpan(0, _topicCount).Clear();
        _connection.Replies.Keep(this);
    }

    private void AddTopic(ref ProduceRequestReader reader, RequestContext context, ErrorCode refusal)
    {
        if (_topicCount == _topics.Length)
        {
            Array.Resize(ref _topics, _topicCount * 2);
        }

        ref var topic = ref _topics[_topicCount++];
        var services = _connection.Services;
        var found = Version >= 13
            ? services.Catalog.TryGetTopic(reader.TopicId, out var description)
            : services.Catalog.TryGetTopic(reader.TopicName, out description);
        topic = new Topic
        {
            Name = found ? description!.Name : Version >= 13 ? "" : reader.TopicNameString,
            Id = found ? description!.Id : reader.TopicId,
            FirstRow = _rowCount,
            RowCount = reader.PartitionCount,
        };
        var error = refusal != ErrorCode.None ? refusal
            : !found ? Version >= 13 ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition
            : !services.Authorizer.IsAllowed(context, KafkaOperation.Write, KafkaResource.Topic, topic.Name)
                ? ErrorCode.TopicAuthorizationFailed : ErrorCode.None;
        while (reader.NextPartition())
        {
            ref var row = ref _rows[_rowCount++];
            row = new Row { Index = reader.Partition, Records = reader.Records, TopicIndex = _topicCount - 1 };
            if (error != ErrorCode.None)
            {
                row.Fail(error);
            }
            else if (description!.IsInternal)
            {
                row.Fail(ErrorCode.InvalidTopicException, $"Cannot append to internal topic {topic.Name}-{row.Index}");
            }
            else if ((uint)row.Index >= (uint)description.Partitions.Count)
            {
                row.Fail(ErrorCode.UnknownTopicOrPartition);
            }
            else if (services.Partitions.TryGetOpen(new TopicPartitionId(topic.Id, row.Index), out var partition))
            {
                row.Partition = partition;
            }
        }
    }

    /// <summary>Opens the row's cold partition. False: it takes time; the connection's frames wait, so that order is kept.</summary>
    private bool TryOpen(ref Row row)
    {
        var id = new TopicPartitionId(_topics[row.TopicIndex].Id, row.Index);
        if (_connection.Services.Partitions.TryGetOpen(id, out var open))
        {
            row.Partition = open; // an earlier row, or another connection, has opened it
            return true;
        }

        var opening = _connection.Services.Partitions.OpenAsync(id, _connection.Closing);
        if (opening.IsCompletedSuccessfully)
        {
            Take(ref row, opening.Result);
            return true;
        }

        if (!_opening)
        {
            _opening = true;
            _frame.AddReference();
            _connection.PauseFrames();
        }

        _ = AwaitOpeningAsync(opening);
        return false;
    }

    private static void Take(ref Row row, in PartitionOpening opening)
    {
        row.Partition = opening.Partition;
        if (opening.Error != ErrorCode.None || opening.Partition is null)
        {
            row.Fail(opening.Error == ErrorCode.None ? ErrorCode.UnknownServerError : opening.Error);
        }
    }

    private async Task AwaitOpeningAsync(ValueTask<PartitionOpening> opening)
    {
        try
        {
            _opened = await opening.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // it surfaces in the connection's turn
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _openingBug = bug;
        }

        if (Signal())
        {
            WakeConnection();
        }
    }

    /// <summary>All rows are handed over: what is not pending makes the reply complete.</summary>
    private void Settle()
    {
        if (_acks == 0)
        {
            SettleUnanswered();
        }

        if (Interlocked.Decrement(ref _pending) == 0)
        {
            Complete();
        }
    }

    private void SettleUnanswered()
    {
        foreach (ref readonly var row in _rows.AsSpan(0, _rowCount))
        {
            if (row.Outcome.Error != ErrorCode.None)
            {
                // The only way to tell a producer that does not listen for answers.
                _connection.RequestClose($"a batch sent with acks=0 was refused: {row.Outcome.Error}");
                return;
            }
        }
    }

    private struct Topic
    {
        public string Name;
        public Guid Id;
        public int FirstRow;
        public int RowCount;
    }

    private struct Row
    {
        public int Index;
        public int TopicIndex;
        public WireRange Records;
        public ILocalPartition? Partition;
        public int State;
        public AppendOutcome Outcome;
        public string? Message;
        public IReadOnlyList<Model.Records.RecordFault>? Faults;

        public void Fail(ErrorCode error, string? message = null)
        {
            Outcome = new AppendOutcome(error, -1, -1, -1, -1);
            Message = message;
            State = Done;
        }
    }
}
