using Actors.Groups;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Machines;
using Actors.Model.Ports;
using Simulation.Runs;

namespace Simulation.Groups;

/// <summary>
/// One partition of groups, a log that commits when it likes and loses what it has not committed, members that come, go, die and
/// stand still, and a clock that jumps. One thread, one seed.
/// </summary>
internal sealed class GroupWorld
{
    public const int Partitions = 7;
    public const int SessionTimeoutMs = 6000;
    public const int RebalanceTimeoutMs = 10_000;
    private const int TickMs = 100;
    private const int MaxMembers = 9;
    private const int SettleMs = 60_000;

    private static readonly string[] s_groups = ["g", "h"];

    private readonly GroupWorldOptions _options;
    // A group that is empty and without offsets would be forgotten at the next check, and its generations begin again.
    private readonly GroupSettings _settings = new() { OffsetCheckIntervalMs = int.MaxValue };
    private readonly List<(long Sequence, byte[] Key, byte[]? Value)> _log = [];
    private readonly List<SimulatedMember> _members = [];
    private readonly Trace _trace = new();
    private GroupMachine _machine;
    private Effects<GroupEffect> _effects;
    private int _committedCount;
    private long _offset;
    private int _names;
    private long _kills;
    private long _refusals;

    public GroupWorld(int seed, GroupWorldOptions options)
    {
        _options = options;
        Random = new Random(seed);
        _machine = Load();
        for (var i = 0; i < 4; i++)
        {
            AddMember();
        }
    }

    public Random Random { get; }

    public GroupHistory History { get; } = new();

    public long NowMs { get; private set; } = 1_700_000_000_000;

    public RunReport Run()
    {
        try
        {
            for (var i = 0; i < _options.Steps; i++)
            {
                OneStep();
            }

            Settle();
            return new RunReport
            {
                Steps = _trace.Steps, Acknowledged = History.Acknowledged, Kills = _kills, Refusals = _refusals, Hash = _trace.Hash,
            };
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            throw new SimulationException($"{fault.Message}\n{_trace}", fault);
        }
    }

    public Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.NextBytes(bytes);
        return new Guid(bytes);
    }

    public long NextOffset() => ++_offset;

    public void Commit(string what, string group, int partition, long offset, in GroupInput input)
    {
        History.Issued(group, partition, offset);
        Step(what, input);
    }

    public void Step(string what, in GroupInput input)
    {
        _trace.Step(what);
        _effects.Clear();
        _machine.Step(input, ref _effects);
        foreach (ref readonly var effect in _effects.Items)
        {
            if (effect.Kind == GroupEffectKind.Append)
            {
                _log.Add((effect.Sequence, effect.Key.ToArray(), effect.IsTombstone ? null : effect.Value.ToArray()));
            }
        }

        var replies = _effects.Items.ToArray();
        foreach (var reply in replies.Where(r => r.Kind == GroupEffectKind.Reply))
        {
            reply.Deliver();
        }
    }

    /// <summary>A member was told that it is none.</summary>
    public void Forgot(SimulatedMember member)
    {
        if (_options is { Crashes: false, RestlessClients: false })
        {
            throw new SimulationException($"{member.Name} did everything right and was expired");
        }
    }

    private void OneStep()
    {
        switch (Random.Next(200))
        {
            case < 120:
                _members[Random.Next(_members.Count)].Act();
                break;
            case < 160:
                Pass();
                break;
            case < 190:
                CommitSome();
                break;
            case < 192:
                Stall(Random.Next(1000, 300_000));
                break;
            case < 193 when _options.Crashes:
                Crash();
                break;
            case < 194 when _options.Crashes:
                RefuseAppend();
                break;
            case < 200 when _options.RestlessClients:
                Disturb();
                break;
            default:
                break;
        }
    }

    private void Pass()
    {
        for (var i = Random.Next(1, 6); i > 0; i--)
        {
            if (!_options.RestlessClients)
            {
                _members.ForEach(m => m.Act());
                CommitAll();
            }

            Stall(TickMs);
        }
    }

    // The whole node stands still, or only waits for the next tick.
    private void Stall(int ms)
    {
        NowMs += ms;
        Step($"{ms} ms pass", GroupInput.Tick(NowMs, NowMs));
    }

    private void CommitAll()
    {
        if (_log.Count > _committedCount)
        {
            _committedCount = _log.Count;
            Step("all is committed", GroupInput.Committed(_log[^1].Sequence, NowMs));
        }
    }

    private void CommitSome()
    {
        if (_log.Count == _committedCount)
        {
            return;
        }

        var last = _log[Random.Next(_committedCount, _log.Count)].Sequence;
        if (!_options.LyingLog)
        {
            _committedCount = _log.FindLastIndex(e => e.Sequence == last) + 1;
        }

        Step($"{last} is committed", GroupInput.Committed(last, NowMs));
    }

    private void Crash()
    {
        _kills++;
        _trace.Step("the node dies");
        Restart();
        _members.ForEach(m => m.LoseConnection());
    }

    private void RefuseAppend()
    {
        _refusals++;
        Step("the log refuses an append", GroupInput.Failed(ErrorCode.CoordinatorNotAvailable));
        Restart();
    }

    private void Restart()
    {
        // What was written and not synced may be there or not, but only whole steps: they are one batch.
        var end = Random.Next(_committedCount, _log.Count + 1);
        while (end < _log.Count && end > _committedCount && _log[end].Sequence == _log[end - 1].Sequence)
        {
            end--;
        }

        _log.RemoveRange(end, _log.Count - end);
        for (var i = 0; i < _log.Count; i++)
        {
            _log[i] = _log[i] with { Sequence = 0 };
        }

        _committedCount = _log.Count;
        History.Crashed();
        _machine = Load();
        foreach (var group in s_groups)
        {
            Step($"{group} is read after the start", GroupInput.FetchOffsets(
                new FetchOffsets { GroupId = group, Topics = [new TopicPartitions("t", [.. Enumerable.Range(0, Partitions)])] },
                new Reader(this, group), 0, NowMs));
        }
    }

    private GroupMachine Load()
    {
        var machine = new GroupMachine(_settings);
        foreach (var (_, key, value) in _log)
        {
            machine.Step(GroupInput.Replayed(key, value is null ? default(ReadOnlyMemory<byte>?) : value), ref _effects);
        }

        machine.Step(GroupInput.Loaded(NowMs, NowMs), ref _effects);
        return machine;
    }

    private void Disturb()
    {
        var member = _members[Random.Next(_members.Count)];
        switch (Random.Next(5))
        {
            case 0 when _members.Count > 2:
                _trace.Step($"{member.Name} dies");
                member.Die();
                _members.Remove(member);
                break;
            case 1:
                _trace.Step($"{member.Name} stands still");
                member.PausedUntilMs = NowMs + Random.Next(1000, 20_000);
                break;
            case 2:
                member.Leave();
                break;
            case 3:
                _trace.Step($"{member.Name} loses its connection");
                member.LoseConnection();
                break;
            default:
                AddMember();
                break;
        }
    }

    private void AddMember()
    {
        if (_members.Count < MaxMembers)
        {
            var instance = Random.Next(3) == 0 ? $"i{Random.Next(3)}" : null;
            var group = s_groups[Random.Next(s_groups.Length)];
            _members.Add(new SimulatedMember(this, $"c{++_names}", group, instance, Random.Next(2) == 0));
        }
    }

    /// <summary>No more trouble: everybody who lives ends up in one generation, and every partition has one reader.</summary>
    private void Settle()
    {
        _trace.Step("no more trouble");
        for (var passed = 0; passed < SettleMs; passed += TickMs)
        {
            foreach (var member in _members.ToArray())
            {
                member.Act();
            }

            CommitAll();
            Stall(TickMs);
        }

        foreach (var group in s_groups)
        {
            var living = _members.Where(m => m.Group == group && !m.IsDead).ToArray();
            var read = living.SelectMany(m => m.Partitions ?? [-1]).Order().ToArray();
            if (living.Length > 0 && (living.Select(m => m.Generation).Distinct().Count() > 1 || !read.SequenceEqual(Enumerable.Range(0, Partitions))))
            {
                var who = string.Join("; ", living.Select(m => $"{m.Name} in {m.Generation} reads [{string.Join(',', m.Partitions ?? [-1])}]"));
                throw new SimulationException($"{group} does not settle: {who}");
            }
        }
    }

    private sealed class Reader(GroupWorld world, string group) : IGroupWaiter<FetchOffsetsAnswer>
    {
        public bool OnAnswered(long token, in FetchOffsetsAnswer answer)
        {
            foreach (var read in answer.Topics[0].Offsets)
            {
                world.History.Read(group, read);
            }

            return false;
        }

        public void Wake()
        {
        }
    }
}
