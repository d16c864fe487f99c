using System.Buffers.Binary;
using Actors.Model;
using Actors.Model.Groups;

namespace Simulation.Groups;

/// <summary>What it does with what it is told.</summary>
internal sealed partial class SimulatedMember
{
    public bool OnAnswered(long token, in JoinGroupAnswer answer)
    {
        if (!IsMine(token))
        {
            return false;
        }

        if (answer.Error == ErrorCode.MemberIdRequired)
        {
            _memberId = answer.MemberId;
        }
        else if (answer.Error != ErrorCode.None)
        {
            Refused(answer.Error);
        }
        else
        {
            _memberId = answer.MemberId;
            _generation = answer.GenerationId;
            _joined = answer;
        }

        return false;
    }

    public bool OnAnswered(long token, in SyncGroupAnswer answer)
    {
        var told = answer.Assignment.Span;
        if (answer.Error == ErrorCode.None && told.Length >= 4 && token == _request)
        {
            var partitions = told[4..].ToArray().Select(b => (int)b).ToArray();
            world.History.Assigned(group, _generation, Owner, BinaryPrimitives.ReadInt32BigEndian(told), partitions);
            Partitions = partitions;
        }
        else if (answer.Error == ErrorCode.None && token == _request)
        {
            Partitions = [];
        }

        if (IsMine(token) && answer.Error != ErrorCode.None)
        {
            Refused(answer.Error);
        }

        return false;
    }

    public bool OnAnswered(long token, in ErrorCode answer)
    {
        if (answer == ErrorCode.None)
        {
            world.History.Accepted(group, _generation);
        }

        if (IsMine(token) && answer != ErrorCode.None)
        {
            Refused(answer);
        }

        return false;
    }

    public bool OnAnswered(long token, in CommitOffsetsAnswer answer)
    {
        if (!IsMine(token))
        {
            return false;
        }

        if (answer.Error == ErrorCode.None)
        {
            world.History.CommitAcknowledged(group, _committing.Partition, _committing.Offset);
        }
        else
        {
            Refused(answer.Error);
        }

        return false;
    }

    public bool OnAnswered(long token, in FetchOffsetsAnswer answer)
    {
        if (!IsMine(token))
        {
            return false;
        }

        if (answer.Error == ErrorCode.None)
        {
            world.History.Read(group, answer.Topics[0].Offsets[0]);
        }
        else
        {
            Refused(answer.Error);
        }

        return false;
    }

    public bool OnAnswered(long token, in LeaveGroupAnswer answer)
    {
        if (IsMine(token))
        {
            Rejoin(forget: true);
        }

        return false;
    }

    public void Wake()
    {
    }

    private bool IsMine(long token)
    {
        var mine = token == _request && !IsDead;
        if (mine)
        {
            _request = 0;
        }

        return mine;
    }
}
