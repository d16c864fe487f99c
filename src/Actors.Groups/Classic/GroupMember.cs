using Actors.Model.Groups;

namespace Actors.Groups.Classic;

/// <summary>One member of a classic group.</summary>
internal sealed class GroupMember
{
    public GroupMember(ClassicGroup group, string id, JoinGroup join, long order)
    {
        Id = id;
        InstanceId = join.GroupInstanceId;
        ClientId = join.ClientId;
        ClientHost = join.ClientHost;
        Order = order;
        Session = new Deadline(group, this);
        Protocols = join.Protocols;
        SessionTimeoutMs = join.SessionTimeoutMs;
        RebalanceTimeoutMs = join.RebalanceTimeoutMs < 0 ? join.SessionTimeoutMs : join.RebalanceTimeoutMs;
    }

    /// <summary>Its id; a static member that returns gets a new one.</summary>
    public string Id { get; }
    /// <summary><c>group.instance.id</c>, or null.</summary>
    public string? InstanceId { get; }
    public string ClientId { get; }
    public string ClientHost { get; }
    /// <summary>Rises with every member that joins the group: which one is older.</summary>
    public long Order { get; }
    public IReadOnlyList<GroupProtocol> Protocols { get; private set; }
    public int SessionTimeoutMs { get; private set; }
    public int RebalanceTimeoutMs { get; private set; }
    public ReadOnlyMemory<byte> Assignment { get; set; }

    /// <summary>When it counts as gone.</summary>
    public Deadline Session { get; }

    /// <summary>Its parked join.</summary>
    public GroupTicket Join { get; set; }

    /// <summary>Its parked sync.</summary>
    public GroupTicket Sync { get; set; }

    /// <summary>It has not been through a rebalance yet: it has no generation and cannot send heartbeats.</summary>
    public bool IsNew { get; set; }

    /// <summary>It was told the generation and has not asked for its assignment.</summary>
    public bool OwesSync { get; set; }

    /// <summary>It left or was removed: what still refers to it does nothing.</summary>
    public bool IsGone { get; set; }

    public bool AwaitsJoin => Join.IsThere;

    public bool AwaitsSync => Sync.IsThere;

    /// <summary>A member that waits for a rebalance need not send heartbeats; a new one only has so long (Kafka's hasSatisfiedHeartbeat).</summary>
    public bool IsExcused => !IsNew && (AwaitsJoin || AwaitsSync);

    public void Update(JoinGroup join)
    {
        Protocols = join.Protocols;
        SessionTimeoutMs = join.SessionTimeoutMs;
        RebalanceTimeoutMs = join.RebalanceTimeoutMs < 0 ? join.SessionTimeoutMs : join.RebalanceTimeoutMs;
    }

    /// <summary>Whether it would join with the same assignors and subscriptions.</summary>
    public bool Matches(IReadOnlyList<GroupProtocol> protocols)
    {
        if (protocols.Count != Protocols.Count)
        {
            return false;
        }

        for (var i = 0; i < protocols.Count; i++)
        {
            if (!string.Equals(protocols[i].Name, Protocols[i].Name, StringComparison.Ordinal)
                || !protocols[i].Metadata.Span.SequenceEqual(Protocols[i].Metadata.Span))
            {
                return false;
            }
        }

        return true;
    }

    public bool Knows(string protocol)
    {
        for (var i = 0; i < Protocols.Count; i++)
        {
            if (string.Equals(Protocols[i].Name, protocol, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Its subscription for an assignor; empty where it does not know it.</summary>
    public ReadOnlyMemory<byte> MetadataOf(string? protocol)
    {
        for (var i = 0; i < Protocols.Count; i++)
        {
            if (string.Equals(Protocols[i].Name, protocol, StringComparison.Ordinal))
            {
                return Protocols[i].Metadata;
            }
        }

        return default;
    }
}
