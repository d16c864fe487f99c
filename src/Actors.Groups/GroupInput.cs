using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Ports;

namespace Actors.Groups;

/// <summary>What can happen to a machine of groups.</summary>
public enum GroupInputKind : byte
{
    /// <summary>Not an input.</summary>
    None = 0,
    /// <summary>A member joins.</summary>
    Join = 1,
    /// <summary>A member brings or asks for an assignment.</summary>
    Sync = 2,
    /// <summary>A member lives.</summary>
    Heartbeat = 3,
    /// <summary>Members leave.</summary>
    Leave = 4,
    /// <summary>Offsets are committed.</summary>
    CommitOffsets = 5,
    /// <summary>Offsets are read.</summary>
    FetchOffsets = 6,
    /// <summary>Offsets are to be forgotten.</summary>
    DeleteOffsets = 7,
    /// <summary>A group is described.</summary>
    Describe = 8,
    /// <summary>A group is to be forgotten.</summary>
    Delete = 9,
    /// <summary>Records are committed.</summary>
    Committed = 10,
    /// <summary>The log took no record, or this node leads no longer: the machine is over.</summary>
    Failed = 11,
    /// <summary>Time passed.</summary>
    Tick = 12,
    /// <summary>A topic was deleted.</summary>
    TopicDeleted = 13,
    /// <summary>A record of the log, while the machine is made.</summary>
    Replayed = 14,
    /// <summary>The log is replayed: from now on requests come.</summary>
    Loaded = 15,
    /// <summary>A topic has this id: offsets of another one of its name are forgotten.</summary>
    TopicIs = 16,
}

/// <summary>One input of a <see cref="GroupMachine"/>; made by the factories here.</summary>
public readonly struct GroupInput
{
    private GroupInput(GroupInputKind kind) => Kind = kind;

    /// <summary>What happened.</summary>
    public GroupInputKind Kind { get; }

    /// <summary>The request, where it is an object: <see cref="JoinGroup"/>, a group id, a topic's name and so on.</summary>
    public object? Request { get; private init; }

    /// <summary>The heartbeat (Heartbeat).</summary>
    public GroupHeartbeat Beat { get; private init; }

    /// <summary>The offsets (CommitOffsets).</summary>
    public CommitOffsets Commit { get; private init; }

    /// <summary>What is asked for (FetchOffsets).</summary>
    public FetchOffsets Fetch { get; private init; }

    /// <summary>Who is answered.</summary>
    public IGroupWake? Waiter { get; private init; }

    /// <summary>Handed back to the waiter.</summary>
    public long Token { get; private init; }

    /// <summary>Milliseconds since 1970.</summary>
    public long NowMs { get; private init; }

    /// <summary>Milliseconds of a clock that only goes forward (Tick, Loaded).</summary>
    public long MonotonicMs { get; private init; }

    /// <summary>Random, for the id of a new member (Join).</summary>
    public Guid Fresh { get; private init; }

    /// <summary>All records up to this number are committed (Committed).</summary>
    public long Sequence { get; private init; }

    /// <summary>Why (Failed).</summary>
    public ErrorCode Error { get; private init; }

    /// <summary>The topic's id (TopicIs).</summary>
    public Guid TopicId { get; private init; }

    /// <summary>The record's key (Replayed).</summary>
    public ReadOnlyMemory<byte> Key { get; private init; }

    /// <summary>The record's value, null for a tombstone (Replayed).</summary>
    public ReadOnlyMemory<byte>? Value { get; private init; }

    /// <summary>A member joins; <paramref name="fresh"/> becomes part of its id if it has none.</summary>
    public static GroupInput Join(JoinGroup request, Guid fresh, IGroupWaiter<JoinGroupAnswer> waiter, long token, long nowMs) =>
        new(GroupInputKind.Join) { Request = request, Fresh = fresh, Waiter = waiter, Token = token, NowMs = nowMs };

    /// <summary>A member brings or asks for an assignment.</summary>
    public static GroupInput Sync(SyncGroup request, IGroupWaiter<SyncGroupAnswer> waiter, long token, long nowMs) =>
        new(GroupInputKind.Sync) { Request = request, Waiter = waiter, Token = token, NowMs = nowMs };

    /// <summary>A member lives.</summary>
    public static GroupInput Heartbeat(in GroupHeartbeat request, IGroupWaiter<ErrorCode> waiter, long token, long nowMs) =>
        new(GroupInputKind.Heartbeat) { Beat = request, Waiter = waiter, Token = token, NowMs = nowMs };

    /// <summary>Members leave.</summary>
    public static GroupInput Leave(LeaveGroup request, IGroupWaiter<LeaveGroupAnswer> waiter, long token, long nowMs) =>
        new(GroupInputKind.Leave) { Request = request, Waiter = waiter, Token = token, NowMs = nowMs };

    /// <summary>Offsets are committed.</summary>
    public static GroupInput CommitOffsets(in CommitOffsets request, IGroupWaiter<CommitOffsetsAnswer> waiter, long token, long nowMs) =>
        new(GroupInputKind.CommitOffsets) { Commit = request, Waiter = waiter, Token = token, NowMs = nowMs };

    /// <summary>Offsets are read.</summary>
    public static GroupInput FetchOffsets(in FetchOffsets request, IGroupWaiter<FetchOffsetsAnswer> waiter, long token, long nowMs) =>
        new(GroupInputKind.FetchOffsets) { Fetch = request, Waiter = waiter, Token = token, NowMs = nowMs };

    /// <summary>Offsets are to be forgotten.</summary>
    public static GroupInput DeleteOffsets(DeleteOffsets request, IGroupWaiter<DeleteOffsetsAnswer> waiter, long token, long nowMs) =>
        new(GroupInputKind.DeleteOffsets) { Request = request, Waiter = waiter, Token = token, NowMs = nowMs };

    /// <summary>A group is described.</summary>
    public static GroupInput Describe(string groupId, IGroupWaiter<GroupDescription> waiter, long token, long nowMs) =>
        new(GroupInputKind.Describe) { Request = groupId, Waiter = waiter, Token = token, NowMs = nowMs };

    /// <summary>A group is to be forgotten.</summary>
    public static GroupInput Delete(string groupId, IGroupWaiter<ErrorCode> waiter, long token, long nowMs) =>
        new(GroupInputKind.Delete) { Request = groupId, Waiter = waiter, Token = token, NowMs = nowMs };

    /// <summary>All records up to <paramref name="sequence"/> are committed.</summary>
    public static GroupInput Committed(long sequence, long nowMs) => new(GroupInputKind.Committed) { Sequence = sequence, NowMs = nowMs };

    /// <summary>The machine is over; whoever waits is told <paramref name="error"/>.</summary>
    public static GroupInput Failed(ErrorCode error) => new(GroupInputKind.Failed) { Error = error };

    /// <summary>Time passed.</summary>
    public static GroupInput Tick(long nowMs, long monotonicMs) => new(GroupInputKind.Tick) { NowMs = nowMs, MonotonicMs = monotonicMs };

    /// <summary>The topic of this name was deleted: its offsets go with it.</summary>
    public static GroupInput TopicDeleted(string topic, long nowMs) => new(GroupInputKind.TopicDeleted) { Request = topic, NowMs = nowMs };

    /// <summary>
    /// The topic of this name has this id. Offsets that were committed to another topic of the name go: it was deleted, and a crash came
    /// before that was in the log of the groups. An offset that does not say its topic's id stays.
    /// </summary>
    public static GroupInput TopicIs(string topic, Guid topicId, long nowMs) =>
        new(GroupInputKind.TopicIs) { Request = topic, TopicId = topicId, NowMs = nowMs };

    /// <summary>A record of the log, in its order.</summary>
    public static GroupInput Replayed(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value) =>
        new(GroupInputKind.Replayed) { Key = key, Value = value };

    /// <summary>The log is replayed; sessions start afresh.</summary>
    public static GroupInput Loaded(long nowMs, long monotonicMs) => new(GroupInputKind.Loaded) { NowMs = nowMs, MonotonicMs = monotonicMs };
}
