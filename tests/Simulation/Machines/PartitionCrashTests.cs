using Actors.Model;
using Actors.Model.Machines;
using Actors.Model.Ports;
using Actors.Model.Producers;
using Actors.Model.Records;
using Actors.Replication.Partitions;

namespace Simulation.Machines;

/// <summary>
/// One partition, idempotent producers that resend, replies that get lost, a log that is written and synced in pieces, and crashes in
/// between that lose what was not synced. One thread, one seed. Every batch that was acknowledged stays where it was; in the end every
/// batch is there once, in order of its producer.
/// </summary>
public sealed class PartitionCrashTests
{
    private const int Seeds = 1500;
    private const int Steps = 300;

    [Fact]
    public void Acknowledged_batches_stay_in_order_and_once()
    {
        var given = Environment.GetEnvironmentVariable("ACTORS_SIM_SEED");
        var first = given is null ? Random.Shared.Next() : int.Parse(given, null);
        for (var seed = first; seed < first + (given is null ? Seeds : 1); seed++)
        {
            var fault = new World(seed).Run();
            Assert.True(fault is null, $"ACTORS_SIM_SEED={seed}: {fault}");
        }
    }

    private sealed class World
    {
        private readonly Random _random;
        private readonly PartitionSettings _settings = PartitionSettings.Alone(1);
        private readonly List<RecordBatchInfo> _log = [];
        private readonly Producer[] _producers = [new(10), new(11), new(12)];
        private readonly Dictionary<long, (Producer Producer, int Sequence)> _waiting = [];
        private PartitionMachine _machine;
        private Effects<PartitionEffect> _effects;
        private int _writtenCount;
        private int _syncedCount;
        private int _epoch;
        private long _token;
        private long _highWatermark;
        private string? _fault;

        public World(int seed)
        {
            _random = new Random(seed);
            _machine = new PartitionMachine(_settings, PartitionRecovery.Empty);
            Step(PartitionInput.Lead(++_epoch));
        }

        public string? Run()
        {
            for (var i = 0; i < Steps && _fault is null; i++)
            {
                OneStep();
            }

            for (var i = 0; i < 1000 && _fault is null && Array.Exists(_producers, p => p.Unacknowledged.Count > 0); i++)
            {
                foreach (var producer in _producers)
                {
                    Resend(producer);
                }

                Flush(_log.Count, _log.Count);
            }

            return _fault ?? CheckAll();
        }

        private void OneStep()
        {
            var producer = _producers[_random.Next(_producers.Length)];
            switch (_random.Next(20))
            {
                case 0:
                    Crash(_syncedCount + _random.Next(_log.Count - _syncedCount + 1));
                    break;
                case 1:
                    Crash(_writtenCount); // the process only: the page cache stays
                    break;
                case 2:
                    Resend(producer);
                    break;
                case 3:
                    Step(PartitionInput.Lead(++_epoch)); // the catalog raised the epoch of a leader that stays
                    break;
                case < 9:
                    var written = _random.Next(_writtenCount, _log.Count + 1);
                    Flush(written, _random.Next(_syncedCount, written + 1));
                    break;
                default:
                    if (producer.LostConnection)
                    {
                        Resend(producer); // what is not answered first, and in order, as all clients do
                    }
                    else if (producer.Unacknowledged.Count < ProducerBatches.Capacity)
                    {
                        Send(producer, producer.Add(_random.Next(1, 4)));
                    }

                    break;
            }
        }

        private void Send(Producer producer, (int Sequence, int Count) batch)
        {
            var info = new RecordBatchInfo
            {
                SizeBytes = 100, LastOffsetDelta = batch.Count - 1, RecordCount = batch.Count,
                ProducerId = producer.Id, ProducerEpoch = 0, BaseSequence = batch.Sequence,
            };
            _waiting[++_token] = (producer, batch.Sequence);
            var acks = _random.Next(4) == 0 ? AckMode.Leader : AckMode.All;
            Step(PartitionInput.Proposed(info, -1, acks, AppendOrigin.Client, null, _token, 1), info);
        }

        private void Resend(Producer producer)
        {
            producer.LostConnection = false;
            foreach (var batch in producer.Unacknowledged.ToArray())
            {
                Send(producer, batch);
            }
        }

        private void Flush(int written, int synced)
        {
            (_writtenCount, _syncedCount) = (written, synced);
            Step(PartitionInput.Flushed(EndOf(written), EndOf(synced)));
        }

        private void Crash(int kept)
        {
            _waiting.Clear(); // replies are lost
            Array.ForEach(_producers, p => p.LostConnection = true);
            _log.RemoveRange(kept, _log.Count - kept);
            var producers = new ProducerTable();
            foreach (var batch in _log)
            {
                producers.Apply(batch, 1);
            }

            if (EndOf(kept) < _highWatermark)
            {
                _fault = $"the log ends at {EndOf(kept)} after a crash, consumers had seen up to {_highWatermark}";
                return;
            }

            (_writtenCount, _syncedCount) = (kept, kept);
            _machine = new PartitionMachine(_settings, new PartitionRecovery
            {
                LogStart = 0, LogEnd = EndOf(kept), SyncedEnd = EndOf(kept), LastEpoch = kept == 0 ? -1 : _log[^1].LeaderEpoch, Producers = producers,
            });
            Step(PartitionInput.Lead(++_epoch));
        }

        private void Step(in PartitionInput input, in RecordBatchInfo proposed = default)
        {
            _machine.Step(input, ref _effects);
            foreach (ref readonly var effect in _effects.Items)
            {
                switch (effect.Kind)
                {
                    case PartitionEffectKind.Append:
                        _log.Add(proposed with { BaseOffset = effect.BaseOffset, LeaderEpoch = effect.LeaderEpoch });
                        break;
                    case PartitionEffectKind.Reply:
                        OnReply(effect);
                        break;
                    case PartitionEffectKind.Halted:
                        _fault ??= effect.Reason;
                        break;
                    default:
                        break;
                }
            }

            _effects.Clear();
            var offsets = _machine.Offsets;
            if (offsets.HighWatermark < _highWatermark || offsets.HighWatermark > EndOf(_syncedCount) || offsets.LogEnd != EndOf(_log.Count))
            {
                _fault ??= $"{offsets}, while {EndOf(_syncedCount)} is synced and consumers had seen up to {_highWatermark}";
            }

            _highWatermark = offsets.HighWatermark;
        }

        private void OnReply(in PartitionEffect reply)
        {
            if (!_waiting.Remove(reply.Token, out var sent) || _random.Next(10) == 0)
            {
                return; // the reply got lost: the producer will ask again
            }

            var (producer, sequence) = sent;
            var offset = reply.Outcome.BaseOffset;
            if (reply.Outcome.Error == ErrorCode.None)
            {
                var at = _log.FindIndex(0, _syncedCount, b => b.BaseOffset == offset);
                if (at < 0 || _log[at].ProducerId != producer.Id || _log[at].BaseSequence != sequence)
                {
                    _fault ??= $"producer {producer.Id} was told that sequence {sequence} is at {offset}, where it is not synced";
                }

                producer.Acknowledge(sequence);
            }
            else if (reply.Outcome.Error != ErrorCode.OutOfOrderSequenceNumber)
            {
                _fault ??= $"producer {producer.Id}, sequence {sequence}: {reply.Outcome.Error}";
            }
        }

        private string? CheckAll()
        {
            foreach (var producer in _producers)
            {
                var expected = 0;
                foreach (var batch in _log.Where(b => b.ProducerId == producer.Id))
                {
                    if (batch.BaseSequence != expected)
                    {
                        return $"producer {producer.Id}: sequence {batch.BaseSequence} follows {expected - 1}";
                    }

                    expected += batch.RecordCount;
                }

                if (expected != producer.NextSequence)
                {
                    return $"producer {producer.Id} sent up to {producer.NextSequence}, the log has {expected}";
                }
            }

            return null;
        }

        private long EndOf(int batches) => batches == 0 ? 0 : _log[batches - 1].NextOffset;
    }

    private sealed class Producer(long id)
    {
        public long Id => id;

        public int NextSequence { get; private set; }

        public bool LostConnection { get; set; }

        public List<(int Sequence, int Count)> Unacknowledged { get; } = [];

        public (int Sequence, int Count) Add(int count)
        {
            var batch = (NextSequence, count);
            Unacknowledged.Add(batch);
            NextSequence += count;
            return batch;
        }

        public void Acknowledge(int sequence) => Unacknowledged.RemoveAll(b => b.Sequence == sequence);
    }
}
