using System.Threading.Channels;
using Actors.Model;
using Actors.Model.Groups;
using Actors.Model.Ports;

namespace Actors.Tests.KafkaListener;

/// <summary>A join that waits.</summary>
internal sealed record ParkedJoin(IGroupWaiter<JoinGroupAnswer> Waiter, long Token, JoinGroup Request);

/// <summary>Groups that answer what a test says, and keep what they were asked.</summary>
internal sealed class FakeGroups : ILocalGroups
{
    /// <summary>Every request, in order.</summary>
    public List<object> Asked { get; } = [];

    /// <summary>The error of every answer.</summary>
    public ErrorCode Error { get; set; }

    /// <summary>Where coordinators are.</summary>
    public GroupCoordinatorPlace Place { get; set; } = new(ErrorCode.None, 1, 0);

    /// <summary>Joins are parked here instead of answered.</summary>
    public ChannelWriter<ParkedJoin>? Parked { get; set; }

    /// <summary>What is committed, per group, topic and partition.</summary>
    public Dictionary<(string Group, string Topic, int Partition), long> Committed { get; } = [];

    public ValueTask<GroupCoordinatorPlace> FindCoordinatorAsync(string groupId, CancellationToken cancellationToken) => new(Place);

    public void Join(JoinGroup request, IGroupWaiter<JoinGroupAnswer> waiter, long token)
    {
        Asked.Add(request);
        if (request.Protocols.Count == 0)
        {
            Tell(waiter, token, Answer(request, ErrorCode.InconsistentGroupProtocol));
            return;
        }

        if (Parked is { } parked)
        {
            Assert.True(parked.TryWrite(new ParkedJoin(waiter, token, request)));
            return;
        }

        Tell(waiter, token, Answer(request, Error));
    }

    public static JoinGroupAnswer Answer(JoinGroup request, ErrorCode error = ErrorCode.None) => error != ErrorCode.None
        ? new JoinGroupAnswer { Error = error, MemberId = request.MemberId }
        : new JoinGroupAnswer
        {
            Error = error,
            GenerationId = 7,
            ProtocolType = request.ProtocolType,
            ProtocolName = request.Protocols[0].Name,
            LeaderId = "m",
            MemberId = "m",
            Members = [new JoinedMember("m", request.GroupInstanceId, request.Protocols[0].Metadata)],
        };

    public void Sync(SyncGroup request, IGroupWaiter<SyncGroupAnswer> waiter, long token)
    {
        Asked.Add(request);
        Tell(waiter, token, Error != ErrorCode.None
            ? new SyncGroupAnswer(Error, null, null, default)
            : new SyncGroupAnswer(Error, "consumer", "range", request.Assignments.Count > 0 ? request.Assignments[0].Assignment : default));
    }

    public void Heartbeat(in GroupHeartbeat request, IGroupWaiter<ErrorCode> waiter, long token)
    {
        Asked.Add(request);
        Tell(waiter, token, Error);
    }

    public void Leave(LeaveGroup request, IGroupWaiter<LeaveGroupAnswer> waiter, long token)
    {
        Asked.Add(request);
        Tell(waiter, token, new LeaveGroupAnswer(
            ErrorCode.None, [.. request.Members.Select(m => new LeftMember(m.MemberId, m.GroupInstanceId, Error))]));
    }

    public void CommitOffsets(in CommitOffsets request, IGroupWaiter<CommitOffsetsAnswer> waiter, long token)
    {
        Asked.Add(request);
        foreach (var offset in request.Offsets.Span)
        {
            Committed[(request.GroupId, offset.Topic, offset.Partition)] = offset.Offset;
        }

        Tell(waiter, token, new CommitOffsetsAnswer(Error, null));
    }

    public void FetchOffsets(in FetchOffsets request, IGroupWaiter<FetchOffsetsAnswer> waiter, long token)
    {
        Asked.Add(request);
        var group = request.GroupId;
        var topics = request.Topics ?? [.. Committed.Keys.Where(k => k.Group == group).GroupBy(k => k.Topic)
            .Select(t => new TopicPartitions(t.Key, [.. t.Select(k => k.Partition)]))];
        Tell(waiter, token, new FetchOffsetsAnswer(Error, Error != ErrorCode.None ? [] :
        [
            .. topics.Select(t => new TopicOffsets(t.Topic, [.. t.Partitions.Select(p =>
                Committed.TryGetValue((group, t.Topic, p), out var offset)
                    ? new CommittedOffset(p, offset, 5, "note", 0) : CommittedOffset.None(p))])),
        ]));
    }

    public void DeleteOffsets(DeleteOffsets request, IGroupWaiter<DeleteOffsetsAnswer> waiter, long token)
    {
        Asked.Add(request);
        Tell(waiter, token, new DeleteOffsetsAnswer(
            Error, Error != ErrorCode.None ? [] : [.. request.Topics.Select(t => new ErrorCode[t.Partitions.Count])]));
    }

    public void Describe(string groupId, IGroupWaiter<GroupDescription> waiter, long token) => Tell(waiter, token, groupId == "none"
        ? new GroupDescription { GroupId = groupId, Error = ErrorCode.GroupIdNotFound, ErrorMessage = "Group none not found." }
        : new GroupDescription
        {
            GroupId = groupId,
            Error = Error,
            State = GroupState.Stable,
            ProtocolType = "consumer",
            ProtocolName = "range",
            Members =
            [
                new GroupMemberDescription { MemberId = "m", ClientId = "c", ClientHost = "/127.0.0.1", Metadata = new byte[] { 1 } },
            ],
        });

    public void Delete(string groupId, IGroupWaiter<ErrorCode> waiter, long token)
    {
        Asked.Add(groupId);
        Tell(waiter, token, Error);
    }

    public GroupList List(in ListGroups request)
    {
        Asked.Add(request);
        return new GroupList(Error, [new ListedGroup("g", "consumer", GroupState.Stable, "classic")]);
    }

    public static void Tell<TAnswer>(IGroupWaiter<TAnswer> waiter, long token, in TAnswer answer)
    {
        if (waiter.OnAnswered(token, answer))
        {
            waiter.Wake();
        }
    }
}
