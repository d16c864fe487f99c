using System.Diagnostics;
using System.Net;
using LoadGen.Platform;
using LoadGen.Protocol;

namespace LoadGen.Groups;

/// <summary>What a member waits for.</summary>
internal enum MemberState
{
    Joining,
    Syncing,
    Stable,
}

/// <summary>
/// One member of a group over a connection of its own: joins, brings or gets an assignment, sends heartbeats, joins again when told to. The
/// leader gives each member an equal share of the topic. One request at a time, as a consumer's coordinator does.
/// </summary>
internal sealed unsafe class GroupMemberClient : IDisposable
{
    private const short RebalanceInProgress = 27;
    private const short MemberIdRequired = 79;
    private const int TimeoutMs = 120_000;
    private const int BufferBytes = 2048;
    private readonly FrameBuffer _buffer = new(BufferBytes);
    private readonly string _group;
    private readonly string _topic;
    private readonly int _partitions;
    private readonly GroupTimes _times;
    private string _memberId = "";
    private int _correlationId;
    private long _heartbeatDueAt;
    private bool _isBeating;

    public GroupMemberClient(EndPoint address, string group, string topic, int partitions, GroupTimes times)
    {
        Socket = BlockingSocket.Connect(address, TimeoutMs);
        _group = group;
        _topic = topic;
        _partitions = partitions;
        _times = times;
    }

    public BlockingSocket Socket { get; }
    public MemberState State { get; private set; }
    public int Generation { get; private set; } = -1;
    public long Heartbeats { get; private set; }

    /// <summary>When its join was answered, and when it had its assignment; Stopwatch timestamps.</summary>
    public long JoinedAt { get; private set; }

    /// <inheritdoc cref="JoinedAt"/>
    public long AssignedAt { get; private set; }

    public void Join()
    {
        State = MemberState.Joining;
        _isBeating = false;
        Send(GroupRequests.Join(++_correlationId, _group, _memberId, _topic, _times));
    }

    /// <summary>Sends a heartbeat if one is due. The first one is spread over the interval, as those of clients that started one by one.</summary>
    public void Beat(long now)
    {
        if (State == MemberState.Stable && !_isBeating && now >= _heartbeatDueAt)
        {
            _isBeating = true;
            _heartbeatDueAt = now + Ticks(_times.HeartbeatMs);
            Send(GroupRequests.Heartbeat(++_correlationId, _group, Generation, _memberId));
        }
    }

    /// <summary>Takes what has come.</summary>
    public void Receive(long now)
    {
        if (!_buffer.Receive(Socket))
        {
            throw new ProtocolFault($"{_group}: the server closed the connection of a member");
        }

        while (_buffer.TryTake(out var frame))
        {
            switch (State)
            {
                case MemberState.Joining:
                    OnJoined(GroupRequests.ReadJoin(frame), now);
                    break;
                case MemberState.Syncing:
                    OnSynced(GroupRequests.ReadSync(frame).Error, now);
                    break;
                default:
                    OnBeat(GroupRequests.ReadHeartbeat(frame));
                    break;
            }
        }
    }

    public void Dispose()
    {
        Socket.Dispose();
        _buffer.Dispose();
    }

    private static long Ticks(long ms) => ms * Stopwatch.Frequency / 1000;

    private void OnJoined(JoinAnswer answer, long now)
    {
        if (answer.Error == MemberIdRequired)
        {
            _memberId = answer.MemberId;
            Join();
            return;
        }

        Check("JoinGroup", answer.Error);
        (_memberId, Generation, JoinedAt) = (answer.MemberId, answer.Generation, now);
        var plan = new List<(string, byte[])>();
        for (var i = 0; answer.IsLeader && i < answer.Members.Count; i++)
        {
            plan.Add((answer.Members[i], GroupRequests.Assignment(_topic, Share(i, answer.Members.Count), Share(i + 1, answer.Members.Count))));
        }

        State = MemberState.Syncing;
        Send(GroupRequests.Sync(++_correlationId, _group, Generation, _memberId, plan));
    }

    private void OnSynced(short error, long now)
    {
        if (error == RebalanceInProgress)
        {
            Join();
            return;
        }

        Check("SyncGroup", error);
        State = MemberState.Stable;
        AssignedAt = now;
        _heartbeatDueAt = now + (Ticks(_times.HeartbeatMs) * (_memberId.GetHashCode(StringComparison.Ordinal) & 0xff) / 0x100);
    }

    private void OnBeat(short error)
    {
        _isBeating = false;
        Heartbeats++;
        if (error == RebalanceInProgress)
        {
            Join();
            return;
        }

        Check("Heartbeat", error);
    }

    private int Share(int member, int members) => (int)((long)_partitions * member / members);

    private void Check(string api, short error)
    {
        if (error != 0)
        {
            throw ProtocolFault.Code(api, _group, error);
        }
    }

    private void Send(byte[] frame)
    {
        fixed (byte* bytes = frame)
        {
            Socket.SendAll(bytes, frame.Length);
        }
    }
}
