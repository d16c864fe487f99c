using System.Globalization;
using Actors.Cluster.Commands;
using Actors.Model.Leases;
using Actors.Storage;
using Simulation.Fakes;
using Simulation.Runs;
using Simulation.Worlds;

namespace Simulation.Cluster;

/// <summary>
/// The cluster log of one voter from one seed: random commands, resends, snapshots, crashes at any call of the device and power cuts.
/// After every start the state is that of a fold over the log, nothing applied is gone, and no epoch goes back.
/// </summary>
internal sealed partial class ClusterWorld
{
    private const int Steps = 150;
    private const int MaxInFlight = 5;
    private const int MaxStarts = 100;

    [ThreadStatic]
    private static LeasePool? s_leases;

    private readonly Random _random;
    private readonly SimulatedClock _clock = new();
    private readonly ClusterHistory _history = new();
    private readonly Trace _trace = new();
    private readonly LogDirectoryOptions _options;
    private readonly LogConfig _config;
    private readonly LeasePool _leases = s_leases ??= new LeasePool();
    private readonly List<(int Sequence, long End, byte[][] Commands)> _sent = [];
    private SimulatedStorageDevice _device = new();
    private SimulatedClusterNode _node = null!;
    private RunReport _report = new();
    private readonly WorldOptions _trouble;
    private long _incarnation;
    private int _nextSequence;
    private int _nextTopic;

    /// <summary>A world of one seed.</summary>
    public ClusterWorld(int seed, WorldOptions? trouble = null)
    {
        _trouble = trouble ?? new WorldOptions();
        _random = new Random(seed);
        _options = new LogDirectoryOptions
        {
            Path = SimulatedClusterNode.LogFolder, CommitLogBytes = 0, ReserveBytes = 0, MaxRoundBytes = _random.Next(3000, 20_000),
            CheckpointBytes = _random.Next(500, 20_000), CheckpointMs = _random.Next(50, 3000), PartitionTailBytes = _random.Next(500, 10_000),
        };
        _config = new LogConfig { SegmentBytes = _random.Next(1500, 40_000), PrewriteBytes = _random.Next(3) * 4096 };
    }

    public RunReport Run()
    {
        try
        {
            Start();
            for (var i = 0; i < Steps; i++)
            {
                Guarded(OneStep);
                AfterStep();
            }

            _isOver = true;
            NoTrouble();
            for (var end = 0; end < 2; end++)
            {
                for (var i = 0; i < 20; i++)
                {
                    Settle(_node);
                    AfterStep();
                }

                ClusterHistory.Must(_node.IsReady, "the node does not become ready");
                _history.CheckState(_node.Machine);
                _history.Tree.CheckState(_node.Machine.Tree);
                LookAtTree();
                End(powerCut: end == 0);
                Start();
            }

            return _report with
            {
                Steps = _trace.Steps, DeviceCalls = _calls, Acknowledged = _history.End, Hash = _trace.Hash,
                TreeCommands = _history.Tree.Count, Repeats = _history.Tree.Repeats, Events = _watchers.Told,
            };
        }
        catch (Exception e)
        {
            throw new SimulationException($"{e.Message}\nlast steps:\n{_trace}", e);
        }
    }

    private void OneStep()
    {
        switch (_random.Next(20))
        {
            case < 3:
                Propose();
                break;
            case < 6:
                ProposeToTree();
                LookAtTree();
                break;
            case < 7 when _sent.Count > 0 && _node.IsReady:
                var (sequence, _, commands) = _sent[_random.Next(_sent.Count)];
                Note($"resend {sequence}");
                ClusterHistory.Must(_node.Propose(commands, sequence) < 0, $"the batch with sequence {sequence} was appended twice");
                break;
            case < 12:
                Note($"round");
                _node.Directory.RunRound();
                break;
            case < 14:
                Note($"background");
                _node.Background.RunOne();
                break;
            case < 16:
                Note($"apply");
                _node.Apply();
                LookAtTree();
                _sent.RemoveAll(s => s.End <= _node.Machine.AppliedEnd);
                break;
            case < 18:
                _clock.Advance(_random.Next(1, 1500));
                _node.Tick(_random.Next(100));
                _node.Register(_incarnation);
                break;
            case 18 when _random.Next(3) == 0:
                TakeSnapshot();
                break;
            case 19 when _random.Next(4) == 0:
                Note($"the process is killed");
                _isDead = true;
                break;
            case 19 when _random.Next(4) == 0:
                MakeTrouble();
                break;
            default:
                break;
        }
    }

    private void Propose()
    {
        if (!_node.IsReady || _sent.Count >= MaxInFlight)
        {
            return;
        }

        var commands = Enumerable.Range(0, _random.Next(1, 4)).Select(_ => NewCommand()).ToArray();
        Note($"send {_nextSequence}: {string.Join(", ", commands.Select(c => c.Kind))}");
        var values = commands.Select(c => c.Encode()).ToArray();
        var offset = _node.Propose(values, _nextSequence);
        ClusterHistory.Must(offset >= 0, "the leader does not take its own node's commands");
        _sent.Add((_nextSequence, offset + commands.Length, values));
        _nextSequence += commands.Length;
    }

    private ClusterCommand NewCommand()
    {
        var known = _history.Created.ToArray();
        return _random.Next(5) switch
        {
            0 => new AllocateProducerIds(1, AllocateProducerIds.BlockCount),
            1 when known.Length > 0 => new DeleteTopic(known[_random.Next(known.Length)]),
            2 => new CreatePartitions { Topic = $"t{_random.Next(_nextTopic + 1)}", TotalCount = _random.Next(1, 4) },
            _ => new CreateTopic
            {
                TopicId = new Guid(++_nextTopic, 1, 1, new byte[8]), Name = $"t{_nextTopic}", PartitionCount = _random.Next(1, 3), ReplicationFactor = 1,
            },
        };
    }

    private void Settle(SimulatedClusterNode node)
    {
        _clock.Advance(500);
        node.Tick(0);
        node.Register(_incarnation);
        node.Directory.RunRound();
        node.Background.WaitUntilIdle();
        node.Apply();
    }

    private void Note(FormattableString text) => _trace.Step(text.ToString(CultureInfo.InvariantCulture));
}
