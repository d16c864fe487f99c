namespace Actors.Kafka.Listener;

/// <summary>Who asks.</summary>
/// <param name="Principal">Kafka's name of the user; <c>User:ANONYMOUS</c> until there is authentication.</param>
/// <param name="ClientId">What the client calls itself, or empty.</param>
/// <param name="Listener">Name of the listener.</param>
/// <param name="ThrottleMs">How long the client is held back after this request, in ms; 0 until there are quotas.</param>
public sealed record RequestContext(string Principal, string ClientId, string Listener, int ThrottleMs)
{
    /// <summary>The principal of a connection without authentication.</summary>
    public const string Anonymous = "User:ANONYMOUS";
}

/// <summary>What a request does to a resource.</summary>
public enum KafkaOperation
{
    /// <summary>Read records.</summary>
    Read,
    /// <summary>Append records.</summary>
    Write,
    /// <summary>Create.</summary>
    Create,
    /// <summary>Delete.</summary>
    Delete,
    /// <summary>Change.</summary>
    Alter,
    /// <summary>See that it is there.</summary>
    Describe,
    /// <summary>See its settings.</summary>
    DescribeConfigs,
    /// <summary>Change its settings.</summary>
    AlterConfigs,
}

/// <summary>What a request touches.</summary>
public enum KafkaResource
{
    /// <summary>The cluster.</summary>
    Cluster,
    /// <summary>A topic.</summary>
    Topic,
    /// <summary>A transactional id.</summary>
    TransactionalId,
    /// <summary>A group.</summary>
    Group,
}

/// <summary>Decides what a principal may do. Every request passes here.</summary>
public interface IKafkaAuthorizer
{
    /// <summary>Whether it is allowed.</summary>
    bool IsAllowed(RequestContext context, KafkaOperation operation, KafkaResource resource, string name);
}

/// <summary>Allows everything: what Kafka does without an authorizer.</summary>
public sealed class AllowAll : IKafkaAuthorizer
{
    /// <inheritdoc/>
    public bool IsAllowed(RequestContext context, KafkaOperation operation, KafkaResource resource, string name) => true;
}
