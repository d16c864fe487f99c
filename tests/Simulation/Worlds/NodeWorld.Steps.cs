using Actors.Storage;
using Simulation.Histories;
using Simulation.Nodes;

namespace Simulation.Worlds;

/// <summary>The steps.</summary>
internal sealed partial class NodeWorld
{
    private const long DayMs = 24L * 60 * 60 * 1000;
    private static readonly long[] s_flushMessages = [1, 1, 5, long.MaxValue];

    private void OneStep()
    {
        if (_options.Compaction && Chance(4))
        {
            CleaningStep();
            return;
        }

        switch (_random.Next(100))
        {
            case < 38:
                Produce();
                break;
            case < 42:
                SendTwice();
                break;
            case < 62:
                Round();
                break;
            case < 68:
                RunBackground();
                break;
            case < 80:
                ReadSomewhere();
                break;
            case < 82:
                FindByTime();
                break;
            case < 84 when !_options.BitRot:
                DeleteRecords();
                break;
            case < 90:
                MoveClock();
                break;
            case < 92:
                Tick();
                break;
            case 92:
                Note($"checkpoint");
                OnLogThread(_node.Directory.Checkpoint);
                break;
            case 93 when !Chance(4):
                Note($"clean");
                OnLogThread(() => _node.Directory.BeginCleaning());
                break;
            case 93:
                CloseIdle();
                break;
            case 94:
                Reconfigure();
                break;
            case 95:
                DeleteTopic();
                break;
            case 96:
                _partitions.Add(NewPartition());
                break;
            case 97:
                MakeTrouble();
                break;
            case 98:
                EndProcess();
                break;
            default:
                CloseClean();
                break;
        }
    }

    private void CleaningStep()
    {
        switch (_random.Next(8))
        {
            case 0:
                Note($"checkpoint");
                OnLogThread(_node.Directory.Checkpoint);
                break;
            case 1:
                Note($"retention");
                OnLogThread(_node.Directory.BeginRetention);
                break;
            case < 5:
                Note($"clean");
                OnLogThread(() => _node.Directory.BeginCleaning());
                break;
            default:
                for (var i = _random.Next(1, 6); i > 0 && !_isDead; i--)
                {
                    RunBackground();
                    Round();
                }

                break;
        }
    }

    /// <summary>Before anybody opens a log: the pass over cold ones, and some of what follows from it.</summary>
    private void CleanCold()
    {
        Note($"cold pass");
        OnLogThread(_node.Directory.BeginRetention);
        for (var i = _random.Next(30); i > 0 && !_isDead; i--)
        {
            RunBackground();
            if (Chance(4))
            {
                _clock.Advance(_random.Next(6000));
                OnLogThread(() => _node.Directory.BeginCleaning());
            }

            Round();
        }
    }

    private PartitionHistory NewPartition()
    {
        var weak = _options.WeakTopics && Chance(3);
        var number = _nextTopic++;
        PartitionClient[] clients = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(i => new PartitionClient(Chance(3) ? -1 : (number * 10L) + i))];
        var config = new LogConfig
        {
            SegmentBytes = _options.Compaction ? _random.Next(1000, 8000)
                : _random.Next(3) switch { 0 => 1 << 20, 1 => _random.Next(1000, 8000), _ => _random.Next(8000, 60_000) },
            SegmentMs = Chance(3) ? _random.Next(100, 20_000) : 7 * DayMs,
            IndexIntervalBytes = Chance(3) ? 4096 : _random.Next(1, 800),
            SegmentIndexBytes = Chance(4) ? _random.Next(3, 20) * 12 : 1 << 20,
            FlushMessages = weak ? Pick(s_flushMessages) : 1,
            FlushMs = Chance(2) ? long.MaxValue : _random.Next(1, 2000),
            RetentionMs = _options.BitRot || Chance(2) ? -1 : _random.Next(1000, 60_000),
            RetentionBytes = _options.BitRot || Chance(2) ? -1 : _random.Next(1000, 60_000),
            Compacts = _options.Compaction || Chance(2),
            MinCleanableDirtyRatio = 0,
            DeleteRetentionMs = _random.Next(3) switch { 0 => 0, 1 => _random.Next(1000, 60_000), _ => DayMs },
            MaxCompactionLagMs = Chance(4) ? _random.Next(1000, 60_000) : long.MaxValue,
        };
        var topicId = new Guid(number + 1, 7, 7, [1, 2, 3, 4, 5, 6, 7, 8]);

        // A name is used again once its topic is deleted: another id under an old folder's name.
        var name = $"topic{number % 4}";
        var isTaken = _partitions.Exists(p => p.Identity.Topic == name);
        var identity = new LogIdentity(new Actors.Model.TopicPartitionId(topicId, 0), isTaken ? $"topic{number}x" : name);
        var history = new PartitionHistory(identity, config, logAppendTime: Chance(4), clients)
        {
            LeaderEpoch = 0, KeyCount = Chance(4) ? 0 : _random.Next(1, 15), LatestMs = LatestWallMs,
            WallBackMs = () => _wallBackMs,
        };
        Note($"create {history.Name} segment {config.SegmentBytes} flush {config.FlushMessages}/{config.FlushMs}");
        return history;
    }

    /// <summary>A partition that is open, opened if need be; null if that cannot be now.</summary>
    private SimulatedPartition? AnyOpen()
    {
        if (_partitions.Count == 0)
        {
            return null;
        }

        var history = Pick(_partitions);
        return _node.Find(history.Identity.Id) ?? OpenNow(history);
    }

    private void Round()
    {
        Note($"round");
        _node.Directory.RunRound();
    }

    private void OnLogThread(Action work)
    {
        _node.Directory.Post(work);
        _node.Directory.RunRound();
    }

    private void RunBackground()
    {
        if (_node.Cleaner.Count > 0 && Chance(2))
        {
            Note($"cleaner");
            _node.Cleaner.RunOne();
        }
        else if (_node.Background.Count > 0)
        {
            Note($"background");
            _node.Background.RunOne();
        }
    }

    private void ReadSomewhere()
    {
        if (AnyOpen() is not { } partition)
        {
            return;
        }

        var end = partition.Offsets.HighWatermark;
        if (partition.Offsets.LogStart >= end)
        {
            return;
        }

        var offset = _random.NextInt64(partition.Offsets.LogStart, end);
        var maxBytes = _random.Next(5) switch { 0 => 1 << 20, 1 => _random.Next(200), _ => _random.Next(10_000) };
        _device.IsCached = Chance(2);
        Note($"read {partition.History.Name} at {offset} below {end}, {maxBytes} bytes");
        LogChecks.Read(partition.History, partition.Log, offset, end, maxBytes, firstBatchWhole: !Chance(4));
    }

    private void FindByTime()
    {
        if (AnyOpen() is not { } partition || partition.History.TimesAreRotten || partition.Offsets.HighWatermark == 0)
        {
            return;
        }

        var history = partition.History;
        var end = partition.Offsets.HighWatermark;
        var near = Pick(history.Entries).Info.MaxTimestampMs + _random.Next(-2, 3);
        Note($"time {history.Name} {near} below {end}");
        var found = partition.Log.FindByTimestampAsync(near, end, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        if (history.IsCompacted)
        {
            CompactedChecks.Timestamp(history, near, end, found);
            return;
        }

        var expected = history.FindByTimestamp(near, end);
        history.Require((found.Offset, found.TimestampMs) == expected, $"time {near} is found at {(found.Offset, found.TimestampMs)}, it is at {expected}");
    }

    private void MoveClock()
    {
        var ms = _random.Next(100) switch
        {
            < 60 => _random.Next(1, 200),
            < 92 => _random.Next(200, 6000),
            < 99 => _random.Next(6000, 100_000),
            _ => DayMs + _random.Next(1000),
        };
        if (ms >= DayMs && _partitions.Exists(p => p.Clients.Any(c => c.IsIdempotent && c.Unanswered.Count > 0)))
        {
            return; // a client that resends after a day is not recognized, here or in Kafka
        }

        Note($"clock +{ms} ms");
        _clock.Advance(ms);
        if (Chance(20))
        {
            LatestWallMs();
            var backMs = _random.Next(5000);
            _wallBackMs += backMs;
            _clock.StepWall(-backMs);
        }
    }

    private void Tick()
    {
        Note($"tick");
        foreach (var partition in _node.Open)
        {
            partition.Tick(_clock.WallMs);
        }
    }

    private long _wallBackMs;

    private void CloseIdle()
    {
        var idleMs = _random.Next(300);
        Note($"close what is idle for {idleMs} ms");
        OnLogThread(() => _node.Directory.CloseIdle(idleMs));
    }

    private void Reconfigure()
    {
        if (!_options.WeakTopics || AnyOpen() is not { } partition)
        {
            return;
        }

        var history = partition.History;
        history.Config = history.Config with { FlushMessages = Pick(s_flushMessages), FlushMs = Chance(2) ? long.MaxValue : _random.Next(2000) };
        Note($"configure {history.Name} flush {history.Config.FlushMessages}/{history.Config.FlushMs}");
        partition.ApplySettings();
        var config = history.Config;
        _node.Directory.Post(() => partition.Log.Configure(config));
    }

    private readonly List<(PartitionHistory History, long Before, Task<long> Done)> _deletions = [];

    private void DeleteRecords()
    {
        if (Chance(3))
        {
            Note($"retention");
            OnLogThread(_node.Directory.BeginRetention);
            return;
        }

        if (AnyOpen() is { } partition && partition.Offsets.HighWatermark > 0)
        {
            var before = Chance(4) ? partition.Offsets.HighWatermark : _random.NextInt64(partition.Offsets.HighWatermark);
            Note($"delete records of {partition.History.Name} below {before}");
            _deletions.Add((partition.History, before, _node.Directory.MoveLogStartAsync(partition.Log, before)));
        }
    }

    private void SettleDeletions()
    {
        foreach (var (history, before, done) in _deletions)
        {
            if (done.IsCompletedSuccessfully)
            {
                history.AcknowledgeDeletion(before);
            }
        }

        _deletions.RemoveAll(d => d.Done.IsCompleted);
    }

    private void DeleteTopic()
    {
        if (_partitions.Count < 2)
        {
            return;
        }

        var history = Pick(_partitions);
        Note($"delete {history.Name}");
        _partitions.Remove(history);
        _node.Find(history.Identity.Id)?.Resign();
        _node.Directory.Post(() =>
        {
            _node.Remove(history.Identity.Id);
            _node.Directory.DeleteLog(history.Identity.Id);
        });
        _node.Directory.RunRound();
    }
}
