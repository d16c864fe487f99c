using Actors.Groups.Records;
using Actors.Model.Groups;

namespace Actors.Groups.Classic;

/// <summary>Which assignor, which topics.</summary>
internal sealed partial class ClassicGroup
{
    /// <summary>Protocol type of Kafka's consumers, the only one whose subscriptions the coordinator looks into.</summary>
    public const string ConsumerType = "consumer";

    public bool UsesConsumerProtocol => string.Equals(ProtocolType, ConsumerType, StringComparison.Ordinal);

    /// <summary>Whether a member with this type and these assignors fits in.</summary>
    public bool Supports(string protocolType, IReadOnlyList<GroupProtocol> protocols)
    {
        if (protocolType.Length == 0 || protocols.Count == 0)
        {
            return false;
        }

        if (State == GroupState.Empty)
        {
            return true;
        }

        if (!string.Equals(ProtocolType, protocolType, StringComparison.Ordinal))
        {
            return false;
        }

        for (var i = 0; i < protocols.Count; i++)
        {
            if (IsKnownToAll(protocols[i].Name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The assignor with the most votes: each member votes for the first it prefers among those all know.</summary>
    public string? SelectProtocol()
    {
        var votes = new List<(string Name, int Votes)>();
        foreach (var member in _members.Values)
        {
            if (VoteOf(member) is { } vote)
            {
                var at = votes.FindIndex(v => string.Equals(v.Name, vote, StringComparison.Ordinal));
                if (at < 0)
                {
                    votes.Add((vote, 1));
                }
                else
                {
                    votes[at] = (vote, votes[at].Votes + 1);
                }
            }
        }

        // A tie goes to the name that comes first: the same members choose the same assignor.
        string? best = null;
        var most = 0;
        foreach (var (name, count) in votes)
        {
            if (count > most || (count == most && string.CompareOrdinal(name, best) < 0))
            {
                (best, most) = (name, count);
            }
        }

        return best;
    }

    /// <summary>Whether members read the topic. A consumer group whose subscriptions cannot be read counts as reading everything.</summary>
    public bool IsSubscribedTo(string topic)
    {
        if (!UsesConsumerProtocol || _members.Count == 0)
        {
            return false;
        }

        foreach (var member in _members.Values)
        {
            if (!ConsumerSubscription.TryContains(member.MetadataOf(ProtocolName).Span, topic, out var contains) || contains)
            {
                return true;
            }
        }

        return false;
    }

    private string? VoteOf(GroupMember member)
    {
        for (var i = 0; i < member.Protocols.Count; i++)
        {
            if (IsKnownToAll(member.Protocols[i].Name))
            {
                return member.Protocols[i].Name;
            }
        }

        return null;
    }

    private bool IsKnownToAll(string protocol)
    {
        foreach (var member in _members.Values)
        {
            if (!member.Knows(protocol))
            {
                return false;
            }
        }

        return true;
    }
}
