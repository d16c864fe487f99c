namespace Actors.Kafka.Listener;

/// <summary>
/// What a principal may do, as the bit sets that Metadata and the Describe requests answer: Kafka's, where no authorizer forbids anything
/// (bit n is the AclOperation of that number).
/// </summary>
internal static class AuthorizedOperations
{
    /// <summary>Not asked for.</summary>
    public const int NotAsked = int.MinValue;

    /// <summary>Read, write, create, delete, alter, describe, describe and alter configs.</summary>
    public const int Topic = (1 << 3) | (1 << 4) | (1 << 5) | (1 << 6) | (1 << 7) | (1 << 8) | (1 << 10) | (1 << 11);

    /// <summary>Read, delete, describe, describe and alter configs.</summary>
    public const int Group = (1 << 3) | (1 << 6) | (1 << 8) | (1 << 10) | (1 << 11);

    /// <summary>Create, alter, describe, cluster action, describe and alter configs, idempotent write.</summary>
    public const int Cluster = (1 << 5) | (1 << 7) | (1 << 8) | (1 << 9) | (1 << 10) | (1 << 11) | (1 << 12);
}
