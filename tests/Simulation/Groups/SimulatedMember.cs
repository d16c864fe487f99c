using System.Buffers.Binary;
using Actors.Groups;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Ports;
using Simulation.Runs;

namespace Simulation.Groups;

/// <summary>A consumer: joins, assigns if it leads, reads and commits its partitions, comes back whatever it is told.</summary>
internal sealed partial class SimulatedMember(GroupWorld world, string name, string group, string? instanceId, bool requiresMemberId)
    : IGroupWaiter<JoinGroupAnswer>, IGroupWaiter<SyncGroupAnswer>, IGroupWaiter<ErrorCode>, IGroupWaiter<CommitOffsetsAnswer>,
        IGroupWaiter<FetchOffsetsAnswer>, IGroupWaiter<LeaveGroupAnswer>
{
    private const int HeartbeatMs = 1000;
    private const int RequestTimeoutMs = GroupWorld.RebalanceTimeoutMs + 5000;

    private string _memberId = "";
    private int _generation = -1;
    private JoinGroupAnswer? _joined;
    private long _request; // the one waited for; answers to others are of connections given up
    private long _requests;
    private long _askedAtMs;
    private long _beatAtMs;
    private (int Partition, long Offset) _committing;

    public string Name => name;

    public string Group => group;

    /// <summary>Its partitions, while it is in; else null.</summary>
    public int[]? Partitions { get; private set; }

    public int Generation => _generation;

    public bool IsDead { get; private set; }

    public long PausedUntilMs { get; set; }

    private string Owner => instanceId ?? _memberId;

    /// <summary>The process dies: nobody hears of it again.</summary>
    public void Die()
    {
        IsDead = true;
        Partitions = null;
        _request = 0;
    }

    /// <summary>The connection broke: what was asked is not answered, whatever became of it.</summary>
    public void LoseConnection()
    {
        if (_request != 0)
        {
            _request = 0;
            Rejoin(forget: false);
        }
    }

    public void Act()
    {
        if (IsDead || world.NowMs < PausedUntilMs)
        {
            return;
        }

        if (_request != 0)
        {
            if (world.NowMs - _askedAtMs > RequestTimeoutMs)
            {
                LoseConnection();
            }

            return;
        }

        if (Partitions is null && _joined is null)
        {
            Join();
        }
        else if (Partitions is null)
        {
            Sync(_joined!);
        }
        else if (world.NowMs - _beatAtMs >= HeartbeatMs)
        {
            _beatAtMs = world.NowMs;
            world.Step($"{name} beats", GroupInput.Heartbeat(new GroupHeartbeat(group, _generation, _memberId, instanceId), this, Ask(), world.NowMs));
        }
        else if (Partitions.Length > 0)
        {
            CommitOrRead(Partitions[world.Random.Next(Partitions.Length)]);
        }
    }

    public void Leave()
    {
        if (!IsDead && _request == 0 && Partitions is not null)
        {
            world.Step($"{name} leaves", GroupInput.Leave(new LeaveGroup(group, [new LeavingMember(_memberId, instanceId, null)]), this, Ask(), world.NowMs));
        }
    }

    private void Join()
    {
        var request = new JoinGroup
        {
            GroupId = group,
            MemberId = _memberId,
            GroupInstanceId = instanceId,
            ClientId = name,
            ClientHost = "/sim",
            ProtocolType = "consumer",
            Protocols = [new GroupProtocol("sim", new byte[] { 1 })],
            SessionTimeoutMs = GroupWorld.SessionTimeoutMs,
            RebalanceTimeoutMs = GroupWorld.RebalanceTimeoutMs,
            RequiresMemberId = requiresMemberId,
        };
        world.Step($"{name} joins as '{_memberId}'", GroupInput.Join(request, world.NextGuid(), this, Ask(), world.NowMs));
    }

    private void Sync(JoinGroupAnswer joined)
    {
        var assignments = new List<GroupAssignment>();
        if (joined.LeaderId == _memberId)
        {
            var plan = world.Random.Next();
            for (var i = 0; i < joined.Members.Count; i++)
            {
                var mine = Enumerable.Range(0, GroupWorld.Partitions).Where(p => p % joined.Members.Count == i).ToArray();
                assignments.Add(new GroupAssignment(joined.Members[i].MemberId, Encode(plan, mine)));
            }
        }

        world.Step($"{name} syncs {_generation}", GroupInput.Sync(
            new SyncGroup { GroupId = group, GenerationId = _generation, MemberId = _memberId, GroupInstanceId = instanceId, Assignments = assignments },
            this, Ask(), world.NowMs));
    }

    private void CommitOrRead(int partition)
    {
        if (world.Random.Next(3) == 0)
        {
            var wanted = new FetchOffsets { GroupId = group, Topics = [new TopicPartitions("t", [partition])] };
            world.Step($"{name} reads {partition}", GroupInput.FetchOffsets(wanted, this, Ask(), world.NowMs));
            return;
        }

        var offset = world.NextOffset();
        _committing = (partition, offset);
        var commit = new CommitOffsets
        {
            GroupId = group,
            GenerationId = _generation,
            MemberId = _memberId,
            GroupInstanceId = instanceId,
            RetentionMs = -1,
            Offsets = new[] { new OffsetToCommit("t", Guid.Empty, partition, offset, -1, null) },
        };
        world.Commit($"{name} commits {partition}:{offset}", group, partition, offset, GroupInput.CommitOffsets(commit, this, Ask(), world.NowMs));
    }

    private long Ask()
    {
        _askedAtMs = world.NowMs;
        return _request = ++_requests;
    }

    private void Rejoin(bool forget)
    {
        Partitions = null;
        _joined = null;
        if (forget)
        {
            _memberId = "";
        }
    }

    private static byte[] Encode(int plan, int[] partitions)
    {
        var bytes = new byte[4 + partitions.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, plan);
        for (var i = 0; i < partitions.Length; i++)
        {
            bytes[4 + i] = (byte)partitions[i];
        }

        return bytes;
    }

    private void Refused(ErrorCode error)
    {
        switch (error)
        {
            case ErrorCode.UnknownMemberId:
                world.Forgot(this);
                Rejoin(forget: true);
                break;
            case ErrorCode.FencedInstanceId:
                Die();
                break;
            case ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration or ErrorCode.CoordinatorNotAvailable:
                Rejoin(forget: false);
                break;
            default:
                throw new SimulationException($"{name} was told {error}");
        }
    }
}
