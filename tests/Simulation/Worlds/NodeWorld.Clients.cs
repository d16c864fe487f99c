using System.Buffers.Binary;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Records;
using Simulation.Histories;
using Simulation.Nodes;

namespace Simulation.Worlds;

/// <summary>Clients: what they send, and what they are answered.</summary>
internal sealed partial class NodeWorld
{
    private readonly RecordBatchBuilder _builder = new();

    private void Produce()
    {
        if (AnyOpen() is not { } partition)
        {
            return;
        }

        for (var i = _random.Next(1, 5); i > 0 && !_isDead; i--)
        {
            var client = Pick(partition.History.Clients);
            if (client.FirstToResend is { } again)
            {
                again.NeedsResend = false;
                Send(partition, client, again, "resend");
            }
            else if (client.MaySendNew)
            {
                var batch = NewBatch(partition.History, client);
                client.Unanswered.Add(batch);
                Send(partition, client, batch, "send");
            }
        }
    }

    /// <summary>A client that lost patience sends what is under way a second time.</summary>
    private void SendTwice()
    {
        if (AnyOpen() is { } partition && Pick(partition.History.Clients) is { IsIdempotent: true, FirstToResend: null, Unanswered.Count: > 0 } client)
        {
            Send(partition, client, Pick(client.Unanswered), "send twice");
        }
    }

    private void Send(SimulatedPartition partition, PartitionClient client, ClientBatch batch, string verb)
    {
        var history = partition.History;
        var stale = !client.IsIdempotent && Chance(40) ? (Chance(2) ? -1 : 1) : 0;
        var expectedEpoch = stale != 0 ? history.LeaderEpoch + stale : Chance(2) ? history.LeaderEpoch : -1;
        Note($"{verb} {batch} of {batch.Bytes.Length} bytes to {history.Name} at {history.End}, acks {batch.Acks}, epoch {expectedEpoch}");
        var token = _nextToken++;
        _waiting.Add(token, (history, client, batch));
        _stale = stale;
        var slice = _leases.Rent(Chance(10) ? batch.Bytes.Length * 3 : batch.Bytes.Length).Slice(0, batch.Bytes.Length);
        batch.Bytes.CopyTo(slice.Span);
        partition.Append(batch, expectedEpoch, slice, token, _clock.WallMs);
        _stale = 0;
        if (batch.Acks == AckMode.None)
        {
            _waiting.Remove(token);
            client.Unanswered.Remove(batch);
        }
    }

    private int _stale;

    private ClientBatch NewBatch(PartitionHistory history, PartitionClient client)
    {
        var id = _nextBatchId++;
        var count = _random.Next(1, 5);
        var timestamps = new long[count];
        var keys = new long[count];
        var values = new byte[]?[count];
        _builder.Clear();
        for (var i = 0; i < count; i++)
        {
            var size = _random.Next(20) switch
            {
                < 14 => _random.Next(8, 80),
                < 19 => _random.Next(80, 700),
                _ => _random.Next(700, Math.Max(701, _largestBatchBytes / count)),
            };
            var value = new byte[size];
            _random.NextBytes(value);
            BinaryPrimitives.WriteInt32BigEndian(value, id);
            timestamps[i] = _clock.WallMs + _random.Next(-300, 300);

            // In some compacted topics a key of its own each: a cleaning writes every segment anew, and nothing of it may go.
            keys[i] = history is { IsCompacted: true, KeyCount: > 0 } ? _random.Next(history.KeyCount) : ((long)id << 8) | (long)i;
            values[i] = history is { IsCompacted: true, KeyCount: > 0 } && Chance(5) ? null : value;
            var key = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(key, keys[i]);
            _builder.TryAdd(new Actors.Model.Records.Record
            {
                Key = key, Value = values[i] is { } given ? given : default(ReadOnlyMemory<byte>?), TimestampMs = timestamps[i],
            });
        }

        var sequence = client.IsIdempotent ? client.NextSequence : -1;
        client.NextSequence = RecordBatchInfo.SequenceAfter(client.NextSequence, count);
        return new ClientBatch
        {
            Id = id,
            ProducerId = client.ProducerId,
            ProducerEpoch = client.IsIdempotent ? client.Epoch : (short)-1,
            Sequence = sequence,
            Acks = _random.Next(10) switch { < 6 => AckMode.All, < 9 => AckMode.Leader, _ => client.IsIdempotent ? AckMode.All : AckMode.None },
            Bytes = client.IsIdempotent ? _builder.Build(client.ProducerId, client.Epoch, sequence) : _builder.Build(),
            Timestamps = timestamps,
            Keys = keys,
            Values = values,
        };
    }

    /// <summary>An answer arrives at a client.</summary>
    private void OnAnswer(long token, AppendOutcome outcome)
    {
        if (!_waiting.Remove(token, out var waiting))
        {
            throw new Runs.SimulationException($"request {token} was answered twice, or was never made: {outcome.Error}");
        }

        var (history, client, batch) = waiting;
        Note($"answer {batch} of {history.Name}: {outcome.Error} at {outcome.BaseOffset}");
        if (outcome.Error == ErrorCode.None)
        {
            Must(_node.Directory.Fault is null, $"{batch} was acknowledged by a log directory that has failed");
            Must(_stale == 0, $"{batch} was accepted in a stale epoch");
            history.Acknowledge(batch, outcome.BaseOffset, isSynced: history.Config.FlushMessages == 1);
            client.Unanswered.Remove(batch);
            _report = _report with { Acknowledged = _report.Acknowledged + 1 };
            return;
        }

        Refused(history, client, batch, outcome.Error);
    }

    private void Refused(PartitionHistory history, PartitionClient client, ClientBatch batch, ErrorCode error)
    {
        switch (error)
        {
            case ErrorCode.KafkaStorageError:
                Must(_node.Directory.Fault is not null || _node.Directory.IsFull, $"{history.Name}: {error} from a log directory that works");
                break;
            case ErrorCode.NotLeaderOrFollower:
                Must(!_partitions.Contains(history), $"{history.Name}: {error} from its leader");
                break;
            case ErrorCode.FencedLeaderEpoch:
                Must(_stale == -1, $"{history.Name}: {error} for the epoch in force");
                break;
            case ErrorCode.UnknownLeaderEpoch:
                Must(_stale == 1, $"{history.Name}: {error} for the epoch in force");
                break;
            case ErrorCode.OutOfOrderSequenceNumber:
                Must(client.IsIdempotent && history.HasLost, $"{history.Name}: {batch} finds a gap, and nothing was lost");
                client.BumpEpoch();
                return;
            default:
                Must(false, $"{history.Name}: {batch} was refused with {error}");
                break;
        }

        if (!client.IsIdempotent)
        {
            client.Unanswered.Remove(batch);
        }
        else if (client.Unanswered.IndexOf(batch) is >= 0 and var at)
        {
            // What was sent behind it comes behind it again.
            client.Unanswered.Skip(at).ToList().ForEach(b => b.NeedsResend = true);
        }
    }
}
