namespace Actors.Client;

/// <summary>How the leader of a group shares partitions out; the names on the wire are Kafka's.</summary>
public enum GroupAssignor
{
    /// <summary><c>range</c>: topic by topic, neighbouring partitions; partition N of topics with as many partitions is one member's.</summary>
    Range = 0,

    /// <summary><c>roundrobin</c>: one partition to each member in turn, over all topics.</summary>
    RoundRobin = 1,
}
