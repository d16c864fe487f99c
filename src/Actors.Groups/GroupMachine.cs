using System.Diagnostics;
using System.Text;
using Actors.Groups.Classic;
using Actors.Groups.Records;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Machines;

namespace Actors.Groups;

/// <summary>
/// Coordinates the groups of one partition of <c>__consumer_offsets</c>: members, generations, committed offsets, as Kafka's group
/// coordinator does for classic groups. Single threaded: the interpreter steps it under the partition's lock.
/// <para>State changes when a record is asked for, not when it is committed; what was acknowledged or told is held back until it is. A
/// record that the log does not take ends the machine (<see cref="GroupInput.Failed"/>), and a new one is made from the log: nothing is
/// ever rolled back.</para>
/// <para>It has two clocks. Commit times and expiry of offsets go by <see cref="GroupInput.NowMs"/>; sessions and rebalances by a clock
/// of its own that each tick moves by what has passed, but by no more than <see cref="GroupSettings.MaxTickMs"/>: after a pause of the
/// node every member has the time left that it had before.</para>
/// </summary>
public sealed partial class GroupMachine : IMachine<GroupInput, GroupEffect>
{
    private const int MaxTextBytes = short.MaxValue;

    private readonly GroupSettings _settings;
    private readonly Dictionary<string, ClassicGroup> _groups = new(StringComparer.Ordinal);
    private readonly DeadlineQueue _deadlines = new();
    private readonly RecordBytes _bytes = new();
    private ErrorCode _over = ErrorCode.CoordinatorLoadInProgress;
    private long _nowMs;

    /// <summary>A machine without groups; replay the log, then <see cref="GroupInput.Loaded"/>.</summary>
    public GroupMachine(GroupSettings settings) => _settings = settings;

    /// <summary>Number of groups.</summary>
    public int GroupCount => _groups.Count;

    /// <summary>Whether requests are served: loaded and not failed.</summary>
    public bool Serves => _over == ErrorCode.None;

    /// <summary>Records of the log that could not be read and were left alone, since a newer program may have written them.</summary>
    public long UnreadRecords { get; private set; }

    /// <inheritdoc/>
    public void Step(in GroupInput input, ref Effects<GroupEffect> effects)
    {
        _bytes.Reset();
        _appending = false;
        if (input.NowMs > 0)
        {
            _nowMs = input.NowMs;
        }

        if (input.Waiter is null)
        {
            Happen(input, ref effects);
        }
        else if (_over != ErrorCode.None || _pending.Count >= _settings.MaxPendingWrites)
        {
            Refuse(input, _over == ErrorCode.None ? ErrorCode.CoordinatorNotAvailable : _over, ref effects);
        }
        else
        {
            Serve(input, ref effects);
        }
    }

    private void Happen(in GroupInput input, ref Effects<GroupEffect> effects)
    {
        switch (input.Kind)
        {
            case GroupInputKind.Committed:
                OnCommitted(input.Sequence, ref effects);
                break;
            case GroupInputKind.Failed:
                OnFailed(input.Error, ref effects);
                break;
            case GroupInputKind.Tick:
                OnTick(input.MonotonicMs, ref effects);
                break;
            case GroupInputKind.TopicDeleted:
                ForgetTopic((string)input.Request!, keptId: null, ref effects);
                break;
            case GroupInputKind.TopicIs:
                ForgetTopic((string)input.Request!, input.TopicId, ref effects);
                break;
            case GroupInputKind.Replayed:
                Replay(input.Key, input.Value);
                break;
            case GroupInputKind.Loaded:
                OnLoaded(input.MonotonicMs, ref effects);
                break;
            default:
                Debug.Fail($"a machine of groups was given {input.Kind} without a waiter");
                break;
        }
    }

    private void Serve(in GroupInput input, ref Effects<GroupEffect> effects)
    {
        var ticket = new GroupTicket(input.Waiter, input.Token);
        switch (input.Kind)
        {
            case GroupInputKind.Join:
                Join((JoinGroup)input.Request!, input.Fresh, ticket, ref effects);
                break;
            case GroupInputKind.Sync:
                Sync((SyncGroup)input.Request!, ticket, ref effects);
                break;
            case GroupInputKind.Heartbeat:
                effects.Add(GroupEffect.Reply(ticket, Heartbeat(input.Beat)));
                break;
            case GroupInputKind.Leave:
                Leave((LeaveGroup)input.Request!, ticket, ref effects);
                break;
            case GroupInputKind.CommitOffsets:
                Commit(input.Commit, ticket, ref effects);
                break;
            case GroupInputKind.FetchOffsets:
                Fetch(input.Fetch, ticket, ref effects);
                break;
            case GroupInputKind.DeleteOffsets:
                DeleteOffsets((DeleteOffsets)input.Request!, ticket, ref effects);
                break;
            case GroupInputKind.Describe:
                effects.Add(GroupEffect.Reply(ticket, Describe((string)input.Request!)));
                break;
            case GroupInputKind.Delete:
                Delete((string)input.Request!, ticket, ref effects);
                break;
            default:
                Debug.Fail($"nobody waits for {input.Kind}");
                break;
        }
    }

    /// <summary>The answer of a machine that does not serve.</summary>
    private static void Refuse(in GroupInput input, ErrorCode error, ref Effects<GroupEffect> effects)
    {
        var ticket = new GroupTicket(input.Waiter, input.Token);
        switch (input.Kind)
        {
            case GroupInputKind.Join:
                effects.Add(GroupEffect.Reply(ticket, NotJoined(((JoinGroup)input.Request!).MemberId, error)));
                break;
            case GroupInputKind.Sync:
                effects.Add(GroupEffect.Reply(ticket, NotSynced(error)));
                break;
            case GroupInputKind.Leave:
                effects.Add(GroupEffect.Reply(ticket, new LeaveGroupAnswer(error, [])));
                break;
            case GroupInputKind.CommitOffsets:
                effects.Add(GroupEffect.ReplyCommit(ticket, error, null));
                break;
            case GroupInputKind.FetchOffsets:
                effects.Add(GroupEffect.Reply(ticket, new FetchOffsetsAnswer(error, [])));
                break;
            case GroupInputKind.DeleteOffsets:
                effects.Add(GroupEffect.Reply(ticket, new DeleteOffsetsAnswer(error, [])));
                break;
            case GroupInputKind.Describe:
                effects.Add(GroupEffect.Reply(ticket, new GroupDescription { Error = error, GroupId = (string)input.Request! }));
                break;
            default:
                effects.Add(GroupEffect.Reply(ticket, error));
                break;
        }
    }

    private ClassicGroup? Find(string groupId) => _groups.GetValueOrDefault(groupId);

    /// <summary>Records hold texts of up to 32,767 bytes.</summary>
    private static bool IsTooLong(string? text) =>
        text is not null && text.Length > MaxTextBytes / 3 && Encoding.UTF8.GetByteCount(text) > MaxTextBytes;
}
