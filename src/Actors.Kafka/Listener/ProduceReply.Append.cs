using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Records;
using Actors.Net;

namespace Actors.Kafka.Listener;

// One row: slice, validate, append; and the reply's bytes.
internal sealed partial class ProduceReply
{
    /// <summary>First version in which zstd may be sent (KIP-110).</summary>
    private const short FirstZstdVersion = 7;

    private void Append(ref Row row, int token)
    {
        var partition = row.Partition!;
        if (row.Records.LengthBytes <= 0)
        {
            row.Fail(ErrorCode.InvalidRecord, "Produce requests must have at least one record batch per partition.");
            return;
        }

        if (Version < FirstZstdVersion && IsZstd(_frame.Span.Slice(row.Records.Offset, row.Records.LengthBytes)))
        {
            row.Fail(
                ErrorCode.UnsupportedCompressionType, "Produce requests before version 7 are not allowed to use ZStandard compression.");
            return;
        }

        var services = _connection.Services;
        var limits = partition.Limits;
        var batch = _frame.Part(row.Records.Offset, row.Records.LengthBytes);
        var rules = new BatchRules
        {
            MaxBatchBytes = limits.MaxBatchBytes,
            MaxInflatedBytes = services.Limits.MaxInflatedBatchBytes,
            LogAppendTime = limits.LogAppendTime,
            TimestampBeforeMaxMs = limits.TimestampBeforeMaxMs,
            TimestampAfterMaxMs = limits.TimestampAfterMaxMs,
            RequireKeys = limits.RequireKeys,
            ValidateCompressed = limits.ValidateCompressed,
        };
        var nowMs = services.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var verdict = RecordBatchValidator.Validate(batch.Memory, rules, services.Inflater, nowMs, out var info);
        if (!verdict.IsGood)
        {
            row.Fail(verdict.Error, verdict.Message);
            row.Faults = verdict.Records;
            if (verdict.Error is ErrorCode.InvalidRecord or ErrorCode.InvalidTimestamp && info.SizeBytes > 0)
            {
                row.Outcome = row.Outcome with { LogStartOffset = partition.Offsets.LogStart };
            }

            return;
        }

        if (info.IsTransactional)
        {
            row.Fail(ErrorCode.TransactionalIdAuthorizationFailed, "Transactions are not supported by this node yet.");
            return;
        }

        batch.AddReference();
        if (limits.StoreAs is { } codec && codec != info.Codec
            && BatchRecompression.Run(ref batch, ref info, codec, rules, services) is { } error and not ErrorCode.None)
        {
            batch.Release();
            row.Fail(error, $"The batch could not be stored as {codec}.");
            return;
        }

        HandOver(ref row, token, batch, info);
    }

    private static bool IsZstd(ReadOnlySpan<byte> batch) =>
        batch.Length >= RecordBatch.HeaderBytes && RecordBatch.ReadInfo(batch).Codec == CompressionCodec.Zstd;

    private void HandOver(ref Row row, int token, LeaseSlice batch, in RecordBatchInfo info)
    {
        Interlocked.Increment(ref _pending); // before: the log's thread may answer before Append has returned
        var result = row.Partition!.Append(new AppendRequest
        {
            Batch = batch,
            Info = info,
            ExpectedLeaderEpoch = -1,
            Acks = (AckMode)_acks,
            Origin = AppendOrigin.Client,
            Waiter = _acks == 0 ? null : this,
            Token = token,
        });
        if (!result.IsPending)
        {
            row.Outcome = result.Outcome;
            row.State = Done;
            Interlocked.Decrement(ref _pending);
        }
    }

    protected override void WriteTo(ReplySink sink)
    {
        if (_acks != 0)
        {
            base.WriteTo(sink);
        }
    }

    protected override void WriteBody(KafkaWriter writer)
    {
        var response = new ProduceResponseWriter(writer, Version);
        List<NodeEndpoint>? endpoints = null;
        Span<byte> buffer = stackalloc byte[TopicNameBytes.BufferBytes];
        response.BeginTopics(_topicCount);
        foreach (ref readonly var topic in _topics.AsSpan(0, _topicCount))
        {
            response.BeginTopic(TopicNameBytes.Of(topic.Name, buffer), topic.Id, topic.RowCount);
            for (var i = topic.FirstRow; i < topic.FirstRow + topic.RowCount; i++)
            {
                WriteRow(response, _rows[i], topic, ref endpoints);
            }

            response.EndTopic();
        }

        response.End(_throttleMs, endpoints is null ? default : System.Runtime.InteropServices.CollectionsMarshal.AsSpan(endpoints));
    }

    private void WriteRow(in ProduceResponseWriter response, in Row row, in Topic topic, ref List<NodeEndpoint>? endpoints)
    {
        var done = Volatile.Read(in row.State) == Done;
        var outcome = done ? row.Outcome : new AppendOutcome(ErrorCode.RequestTimedOut, -1, -1, -1, -1);
        var leader = outcome.Error == ErrorCode.NotLeaderOrFollower && Version >= 10
            ? LeaderHint.Of(_connection, topic.Id, row.Index, ref endpoints) : LeaderHint.None;
        response.Partition(new ProducePartitionAnswer
        {
            Partition = row.Index,
            Error = outcome.Error,
            BaseOffset = outcome.BaseOffset,
            LogAppendTimeMs = outcome.LogAppendTimeMs,
            LogStartOffset = outcome.LogStartOffset,
            FailedRecords = row.Faults,
            ErrorMessage = row.Message,
            LeaderId = leader.LeaderId,
            LeaderEpoch = leader.LeaderEpoch,
        });
    }
}
