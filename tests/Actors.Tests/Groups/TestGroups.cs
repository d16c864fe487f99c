using System.Text;
using Actors.Groups;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Machines;

namespace Actors.Tests.Groups;

/// <summary>A machine of groups over a log in memory, with a clock the test moves.</summary>
internal sealed class TestGroups
{
    private Effects<GroupEffect> _effects;
    private long _appended;

    public TestGroups(GroupSettings? settings = null)
    {
        Settings = settings ?? new GroupSettings();
        Machine = new GroupMachine(Settings);
        Step(GroupInput.Loaded(NowMs, MonotonicMs));
    }

    private TestGroups(GroupSettings settings, List<(byte[] Key, byte[]? Value)> log, long nowMs)
    {
        Settings = settings;
        NowMs = nowMs;
        Log.AddRange(log);
        Machine = new GroupMachine(settings);
        foreach (var (key, value) in log)
        {
            Step(GroupInput.Replayed(key, value is null ? default(ReadOnlyMemory<byte>?) : value));
        }

        Step(GroupInput.Loaded(NowMs, MonotonicMs));
    }

    private TestGroups(GroupMachine loaded, GroupSettings settings, long nowMs)
    {
        Settings = settings;
        NowMs = nowMs;
        Machine = loaded;
        Step(GroupInput.Loaded(NowMs, MonotonicMs));
    }

    public GroupSettings Settings { get; }

    public GroupMachine Machine { get; }

    public long NowMs { get; private set; } = 1_700_000_000_000;

    public long MonotonicMs { get; private set; } = 5_000;

    /// <summary>False: what is appended is committed when <see cref="Commit()"/> is called.</summary>
    public bool CommitsAtOnce { get; set; } = true;

    public List<(byte[] Key, byte[]? Value)> Log { get; } = [];

    /// <summary>A machine made from the log, as after a crash.</summary>
    public TestGroups Reloaded() => new(Settings, Log, NowMs);

    /// <summary>A machine that was loaded from elsewhere takes up service.</summary>
    public static TestGroups Over(GroupMachine loaded, GroupSettings settings, long nowMs) => new(loaded, settings, nowMs);

    public void Step(in GroupInput input)
    {
        _effects.Clear();
        Machine.Step(input, ref _effects);
        foreach (ref readonly var effect in _effects.Items)
        {
            if (effect.Kind == GroupEffectKind.Append)
            {
                Log.Add((effect.Key.ToArray(), effect.IsTombstone ? null : effect.Value.ToArray()));
                _appended = effect.Sequence;
            }
            else
            {
                effect.Deliver();
            }
        }

        if (CommitsAtOnce && input.Kind != GroupInputKind.Committed)
        {
            Commit();
        }
    }

    public void Commit() => Step(GroupInput.Committed(_appended, NowMs));

    /// <summary>Time passes in ticks of 100 ms.</summary>
    public void Pass(int ms)
    {
        for (var passed = 0; passed < ms; passed += 100)
        {
            NowMs += 100;
            MonotonicMs += 100;
            Step(GroupInput.Tick(NowMs, MonotonicMs));
        }
    }

    /// <summary>One tick, as late as this.</summary>
    public void Stall(long ms)
    {
        NowMs += ms;
        MonotonicMs += ms;
        Step(GroupInput.Tick(NowMs, MonotonicMs));
    }

    public static JoinGroup JoinRequest(string group = "g", string member = "", string? instance = null, string client = "c") => new()
    {
        GroupId = group,
        MemberId = member,
        GroupInstanceId = instance,
        ClientId = client,
        ClientHost = "/127.0.0.1",
        ProtocolType = "consumer",
        Protocols = [new GroupProtocol("range", Subscription("orders"))],
        SessionTimeoutMs = 10_000,
        RebalanceTimeoutMs = 60_000,
        RequiresMemberId = false,
    };

    public static byte[] Subscription(params string[] topics)
    {
        var bytes = new List<byte> { 0, 0, 0, 0, 0, (byte)topics.Length };
        foreach (var topic in topics)
        {
            bytes.AddRange([0, (byte)topic.Length, .. Encoding.UTF8.GetBytes(topic)]);
        }

        return [.. bytes, 0xff, 0xff, 0xff, 0xff];
    }

    public Answer<JoinGroupAnswer> Join(JoinGroup request)
    {
        var answer = new Answer<JoinGroupAnswer>();
        Step(GroupInput.Join(request, Guid.NewGuid(), answer, 0, NowMs));
        return answer;
    }

    public Answer<SyncGroupAnswer> Sync(string member, int generation, params GroupAssignment[] assignments)
    {
        var answer = new Answer<SyncGroupAnswer>();
        Step(GroupInput.Sync(
            new SyncGroup { GroupId = "g", MemberId = member, GenerationId = generation, Assignments = assignments }, answer, 0, NowMs));
        return answer;
    }

    public ErrorCode Heartbeat(string member, int generation, string? instance = null, string group = "g")
    {
        var answer = new Answer<ErrorCode>();
        Step(GroupInput.Heartbeat(new GroupHeartbeat(group, generation, member, instance), answer, 0, NowMs));
        return answer.Value;
    }

    public Answer<LeaveGroupAnswer> Leave(params LeavingMember[] members)
    {
        var answer = new Answer<LeaveGroupAnswer>();
        Step(GroupInput.Leave(new LeaveGroup("g", members), answer, 0, NowMs));
        return answer;
    }

    public Answer<CommitOffsetsAnswer> CommitOffset(
        long offset, string group = "g", string member = "", int generation = -1, string topic = "orders", int partition = 0,
        string? metadata = null, long retentionMs = -1, Guid topicId = default)
    {
        var answer = new Answer<CommitOffsetsAnswer>();
        Step(GroupInput.CommitOffsets(
            new CommitOffsets
            {
                GroupId = group,
                GenerationId = generation,
                MemberId = member,
                RetentionMs = retentionMs,
                Offsets = new[] { new OffsetToCommit(topic, topicId, partition, offset, -1, metadata) },
            },
            answer, 0, NowMs));
        return answer;
    }

    public Answer<FetchOffsetsAnswer> FetchAll(string group = "g")
    {
        var answer = new Answer<FetchOffsetsAnswer>();
        Step(GroupInput.FetchOffsets(new FetchOffsets { GroupId = group, Topics = null }, answer, 0, NowMs));
        return answer;
    }

    public long OffsetOf(string group = "g", string topic = "orders", int partition = 0)
    {
        var answer = new Answer<FetchOffsetsAnswer>();
        Step(GroupInput.FetchOffsets(
            new FetchOffsets { GroupId = group, Topics = [new TopicPartitions(topic, [partition])] }, answer, 0, NowMs));
        return answer.Value.Topics[0].Offsets[0].Offset;
    }

    public GroupDescription Describe(string group = "g")
    {
        var answer = new Answer<GroupDescription>();
        Step(GroupInput.Describe(group, answer, 0, NowMs));
        return answer.Value;
    }

    public Answer<ErrorCode> Delete(string group = "g")
    {
        var answer = new Answer<ErrorCode>();
        Step(GroupInput.Delete(group, answer, 0, NowMs));
        return answer;
    }

    public Answer<DeleteOffsetsAnswer> DeleteOffset(string topic, int partition)
    {
        var answer = new Answer<DeleteOffsetsAnswer>();
        Step(GroupInput.DeleteOffsets(new DeleteOffsets("g", [new TopicPartitions(topic, [partition])]), answer, 0, NowMs));
        return answer;
    }

    /// <summary>A stable group of so many members; the first is the leader. Every member is assigned its own index.</summary>
    public string[] Stable(int members, params string?[] instances)
    {
        var joins = Enumerable.Range(0, members)
            .Select(i => Join(JoinRequest(instance: i < instances.Length ? instances[i] : null, client: $"c{i}"))).ToArray();
        Pass(Settings.InitialRebalanceDelayMs * 3);
        return SyncAll(joins);
    }

    /// <summary>Everybody asks for the assignment, the leader last, and gets it.</summary>
    public string[] SyncAll(params Answer<JoinGroupAnswer>[] joins)
    {
        var ids = joins.Select(j => j.Value.MemberId).ToArray();
        Assert.All(joins, j => Assert.Equal(ErrorCode.None, j.Value.Error));
        var generation = joins[0].Value.GenerationId;
        var leader = joins[0].Value.LeaderId;
        var followers = ids.Where(i => i != leader).Select(i => Sync(i, generation)).ToArray();
        Assert.DoesNotContain(followers, f => f.IsThere);
        var assignments = ids.Select((id, i) => new GroupAssignment(id, new byte[] { (byte)i })).ToArray();
        Assert.Equal(ErrorCode.None, Sync(leader, generation, assignments).Value.Error);
        Assert.All(followers, f => Assert.Equal(ErrorCode.None, f.Value.Error));
        return ids;
    }
}
