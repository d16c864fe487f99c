using System.Collections.Immutable;
using Actors.Abstractions;
using Microsoft.Extensions.Logging;

namespace Actors.Client;

/// <summary>
/// One member towards its group: joins, assigns if it leads, lives, leaves. One call at a time. What a silo's death or move makes of a
/// call is tried again here; what the group answers is passed on.
/// </summary>
internal sealed partial class GroupMember(
    string groupId, IReadOnlyList<string> topics, GroupConsumerOptions options, IGrainFactory grains, ILogger logger, TimeProvider time)
{
    private const int MaxTopicsAskedAtOnce = 32;

    private readonly IConsumerGroupGrain _group = grains.GetGrain<IConsumerGroupGrain>(groupId);
    private readonly byte[] _subscription = ConsumerProtocol.EncodeSubscription(topics);

    /// <summary>The id the group gave, or empty.</summary>
    public string MemberId { get; private set; } = "";

    /// <summary>Joins, and waits until the rebalance is done, however often the group begins again.</summary>
    /// <exception cref="LogException">The group refuses this member, and would refuse it again.</exception>
    public async Task<GroupGeneration> EnterAsync(string reason, CancellationToken cancellationToken)
    {
        while (true)
        {
            var joined = await JoinAsync(reason, cancellationToken).ConfigureAwait(false);
            var member = new GroupMembership(joined.MemberId, joined.GenerationId, options.InstanceId);
            IReadOnlyDictionary<string, int>? counts = null;
            ImmutableArray<GroupMemberAssignment> plan = [];
            if (joined.IsLeader)
            {
                (counts, plan) = await PlanAsync(joined, cancellationToken).ConfigureAwait(false);
            }

            var sync = new GroupSync { Member = member, Protocol = joined.Protocol, Assignments = joined.SkipAssignment ? [] : plan };
            if (await SyncAsync(sync, cancellationToken).ConfigureAwait(false) is { } partitions)
            {
                LogEntered(logger, groupId, member.MemberId, member.GenerationId, partitions.Count);
                return new GroupGeneration(member, partitions, counts);
            }
        }
    }

    /// <summary>One heartbeat. <see cref="AnswerKind.Refused"/>: the code says what the group has done meanwhile.</summary>
    public ValueTask<Answer<GroupMembership>> HeartbeatAsync(GroupMembership member, CancellationToken cancellationToken) =>
        CallOutcome.OfAsync(() => _group.HeartbeatAsync(member, cancellationToken));

    /// <summary>Commits once.</summary>
    public ValueTask<Answer<GroupOffsets>> CommitAsync(GroupMembership member, GroupOffsets offsets, CancellationToken cancellationToken) =>
        CallOutcome.OfAsync(() => _group.CommitAsMemberAsync(member, offsets, cancellationToken));

    /// <summary>What the group has committed.</summary>
    public async Task<GroupOffsets> CommittedAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var answer = await CallOutcome.OfAsync(() => _group.GetOffsetsAsync(cancellationToken)).ConfigureAwait(false);
            if (answer.Kind is AnswerKind.Done or AnswerKind.Refused)
            {
                return answer.GetValueOrThrow();
            }

            await PauseAsync("offsets", answer, attempt, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Says farewell, once: a member that is not heard of any more is out after its session timeout anyway.</summary>
    public async Task LeaveAsync(string reason, CancellationToken cancellationToken)
    {
        if (MemberId.Length == 0)
        {
            return;
        }

        var member = new GroupMembership(MemberId, -1, options.InstanceId);
        MemberId = "";
        var answer = await CallOutcome.OfAsync(() => _group.LeaveAsync(member, reason, cancellationToken)).ConfigureAwait(false);
        LogLeft(logger, groupId, member.MemberId, reason, answer.Kind, answer.Error);
    }

    /// <summary>Begins as a new member at the next join.</summary>
    public void Forget() => MemberId = "";

    /// <summary>How many partitions topics have now; 0: there is no such topic. A count that cannot be learned stays as it was known.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountPartitionsAsync(
        IReadOnlyDictionary<string, int> known, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, int>(known.Count, StringComparer.Ordinal);
        foreach (var some in known.Keys.Chunk(MaxTopicsAskedAtOnce))
        {
            var answers = await Task.WhenAll(some.Select(
                t => CallOutcome.OfAsync(() => grains.GetGrain<ITopicGrain>(t).DescribeAsync(cancellationToken)).AsTask())).ConfigureAwait(false);
            for (var i = 0; i < some.Length; i++)
            {
                counts[some[i]] = answers[i].IsDone ? answers[i].Value!.Partitions.Length
                    : answers[i].Kind == AnswerKind.Refused ? 0 : known[some[i]];
            }
        }

        return counts;
    }

    private async Task<GroupJoined> JoinAsync(string reason, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var join = new GroupJoin
            {
                MemberId = MemberId,
                GroupInstanceId = options.InstanceId,
                ClientId = options.ClientId,
                ClientHost = "/" + Environment.MachineName,
                Protocols = [.. options.Assignors.Select(a => new GroupProtocolOffer(NameOf(a), _subscription))],
                SessionTimeoutMs = (int)options.SessionTimeout.TotalMilliseconds,
                RebalanceTimeoutMs = (int)options.MaxPollInterval.TotalMilliseconds,
                Reason = reason,
            };
            // The call that gives the id is waited for in any case: an id that nobody knows could not leave, and the group would wait for
            // it for a whole session timeout.
            var giveUp = MemberId.Length == 0 ? CancellationToken.None : cancellationToken;
            var answer = await CallOutcome.OfAsync(() => _group.JoinAsync(join, giveUp)).ConfigureAwait(false);
            MemberId = answer.IsDone ? answer.Value.MemberId : MemberId;
            cancellationToken.ThrowIfCancellationRequested();
            if (answer.IsDone)
            {
                if (answer.Value.IsIn)
                {
                    return answer.Value;
                }

                attempt = -1; // it is given its id, or keeps its place: on with it
                continue;
            }

            switch (answer)
            {
                case { Error: ErrorCode.UnknownMemberId }:
                    Forget();
                    break;
                case { Kind: AnswerKind.Refused, Error: not (ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration) }:
                    throw new LogException(
                        answer.Kind, answer.Error, $"Group '{groupId}' does not take this member ({answer.Error}): {answer.Message}");
            }

            await PauseAsync("join", answer, attempt, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The assignment, or null where the group has gone on: join again.</summary>
    private async Task<IReadOnlyList<PartitionKey>?> SyncAsync(GroupSync sync, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            var answer = await CallOutcome.OfAsync(() => _group.SyncAsync(sync, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (answer.IsDone)
            {
                if (!answer.Value.IsAssigned)
                {
                    attempt = -1;
                    continue;
                }

                return ConsumerProtocol.TryDecodeAssignment(answer.Value.Assignment.Span, out var partitions)
                    ? partitions
                    : throw new LogException(
                        AnswerKind.Refused, ErrorCode.InconsistentGroupProtocol,
                        $"The leader of group '{groupId}' assigned what is not Kafka's ConsumerProtocolAssignment.");
            }

            switch (answer.Error)
            {
                case ErrorCode.FencedInstanceId:
                    throw Fenced(answer);
                case ErrorCode.UnknownMemberId:
                    Forget();
                    return null;
                case var _ when answer.Kind == AnswerKind.Refused:
                    LogJoinAgain(logger, groupId, sync.Member.GenerationId, answer.Error);
                    return null;
            }

            await PauseAsync("sync", answer, attempt, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Another process has this instance id.</summary>
    public LogException Fenced<T>(in Answer<T> answer)
        where T : class => new(
            answer.Kind, answer.Error,
            $"Another member of group '{groupId}' has the instance id '{options.InstanceId}': one name is for one process.");

    private async Task<(IReadOnlyDictionary<string, int> Counts, ImmutableArray<GroupMemberAssignment> Plan)> PlanAsync(
        GroupJoined joined, CancellationToken cancellationToken)
    {
        var members = joined.Members.Select(m => new RangeAssignor.Member(
            m.MemberId, m.GroupInstanceId, new HashSet<string>(ConsumerProtocol.DecodeSubscription(m.Metadata.Span), StringComparer.Ordinal)))
            .ToArray();
        var unknown = members.SelectMany(m => m.Topics).Distinct(StringComparer.Ordinal).ToDictionary(t => t, _ => 0, StringComparer.Ordinal);
        var counts = await CountPartitionsAsync(unknown, cancellationToken).ConfigureAwait(false);
        var plan = joined.Protocol == RoundRobinAssignor.Name
            ? RoundRobinAssignor.Assign(members, counts) : RangeAssignor.Assign(members, counts);
        return (counts, [.. plan.Select(p => new GroupMemberAssignment(p.Key, ConsumerProtocol.EncodeAssignment(p.Value)))]);
    }

    private static string NameOf(GroupAssignor assignor) => assignor switch
    {
        GroupAssignor.Range => RangeAssignor.Name,
        GroupAssignor.RoundRobin => RoundRobinAssignor.Name,
        _ => throw new ArgumentOutOfRangeException(nameof(assignor), assignor, "not an assignor"),
    };

    private async Task PauseAsync<T>(string what, Answer<T> answer, int attempt, CancellationToken cancellationToken)
        where T : class
    {
        LogRetry(logger, groupId, what, answer.Kind, answer.Error);
        await Task.Delay(CallOutcome.PauseAfter(answer, Math.Max(attempt, 0)), time, cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(9311, LogLevel.Debug, "Group {Group}: {Call} was answered {Kind} ({Error}); trying again.")]
    private static partial void LogRetry(ILogger logger, string group, string call, AnswerKind kind, ErrorCode error);

    [LoggerMessage(9312, LogLevel.Debug, "Group {Group} has gone on from generation {Generation} ({Error}); joining again.")]
    private static partial void LogJoinAgain(ILogger logger, string group, int generation, ErrorCode error);

    [LoggerMessage(9313, LogLevel.Information, "Group {Group}: member {Member} in generation {Generation} with {Count} partitions.")]
    private static partial void LogEntered(ILogger logger, string group, string member, int generation, int count);

    [LoggerMessage(9314, LogLevel.Information, "Group {Group}: member {Member} left ({Reason}): {Kind} ({Error}).")]
    private static partial void LogLeft(ILogger logger, string group, string member, string reason, AnswerKind kind, ErrorCode error);
}
