using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Topics;

namespace Actors.Kafka.Listener;

/// <summary>
/// Metadata, key 3.
/// Versions: 0-13 (Kafka 4.3: 0-13). Promise: all topics (null; in version 0 the empty list), topics by name, from 12 on by id
/// (INVALID_REQUEST in 10 and 11, as Kafka); an unknown name is created if the request allows it (it always does before version 4) and
/// the node does, and is in the answer at once; error 3 for an unknown name, 17 for an impossible one, 100 for an unknown id; a node
/// without an advertised host is given the address on which the connection arrived. Gaps: none known.
/// </summary>
internal static class MetadataHandler
{
    private const short FirstByIdVersion = 12;

    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<MetadataRequest>();
        var reply = new MetadataReply(
            connection, request, asked.IncludeTopicAuthorizedOperations, asked.IncludeClusterAuthorizedOperations);
        connection.Queue(reply);
        var catalog = connection.Services.Catalog;
        if (asked.Topics is null || (request.Version == 0 && asked.Topics.Length == 0))
        {
            reply.Set([.. catalog.Topics.Select(t => new FoundTopic(ErrorCode.None, t.Name, t.Id, t))]);
            return;
        }

        var mayCreate = connection.Services.Options.AutoCreateTopics && (request.Version < 4 || asked.AllowAutoTopicCreation);
        var missing = mayCreate ? Missing(catalog, asked.Topics, connection.Services.Limits.MaxAutoCreatedTopics) : [];
        if (missing.Count == 0)
        {
            reply.Set(Find(catalog, asked.Topics, request.Version, null));
            return;
        }

        reply.SetFrom(CreateAndFindAsync(connection, request, asked.Topics, missing));
    }

    private static List<string> Missing(ICatalog catalog, MetadataRequestTopic[] topics, int max)
    {
        var missing = new List<string>();
        foreach (var topic in topics)
        {
            if (topic.TopicId == Guid.Empty && topic.Name is { } name && TopicName.Check(name) is null
                && !catalog.TryGetTopic(name, out _) && !missing.Contains(name) && missing.Count < max)
            {
                missing.Add(name);
            }
        }

        return missing;
    }

    private static async ValueTask<IReadOnlyList<FoundTopic>> CreateAndFindAsync(
        KafkaConnection connection, KafkaRequest request, MetadataRequestTopic[] topics, List<string> missing)
    {
        var refused = new Dictionary<string, ErrorCode>(StringComparer.Ordinal);
        foreach (var name in missing)
        {
            if (!connection.Services.Authorizer.IsAllowed(request.Context, KafkaOperation.Create, KafkaResource.Topic, name))
            {
                refused[name] = ErrorCode.TopicAuthorizationFailed;
                continue;
            }

            var newTopic = new NewTopic { Name = name, PartitionCount = -1, ReplicationFactor = -1 };
            var outcome = await connection.Services.Commands.CreateTopicAsync(newTopic, connection.Closing).ConfigureAwait(false);
            if (outcome.Error is not (ErrorCode.None or ErrorCode.TopicAlreadyExists))
            {
                refused[name] = outcome.Error;
            }
        }

        return Find(connection.Services.Catalog, topics, request.Version, refused);
    }

    private static List<FoundTopic> Find(
        ICatalog catalog, MetadataRequestTopic[] topics, short version, Dictionary<string, ErrorCode>? refused)
    {
        var found = new List<FoundTopic>(topics.Length);
        var seen = new HashSet<(string?, Guid)>();
        foreach (var topic in topics)
        {
            var byId = topic.TopicId != Guid.Empty;
            if (seen.Add((byId ? null : topic.Name ?? "", topic.TopicId)))
            {
                found.Add(byId ? FindById(catalog, topic.TopicId, version) : FindByName(catalog, topic.Name ?? "", refused));
            }
        }

        return found;
    }

    private static FoundTopic FindById(ICatalog catalog, Guid id, short version) =>
        version < FirstByIdVersion ? new FoundTopic(ErrorCode.InvalidRequest, "", Guid.Empty, null)
        : catalog.TryGetTopic(id, out var topic) ? new FoundTopic(ErrorCode.None, topic.Name, id, topic)
        : new FoundTopic(ErrorCode.UnknownTopicId, null, id, null);

    private static FoundTopic FindByName(ICatalog catalog, string name, Dictionary<string, ErrorCode>? refused)
    {
        if (catalog.TryGetTopic(name, out var topic))
        {
            return new FoundTopic(ErrorCode.None, name, topic.Id, topic);
        }

        var error = TopicName.Check(name) is not null ? ErrorCode.InvalidTopicException
            : refused?.GetValueOrDefault(name, ErrorCode.UnknownTopicOrPartition) ?? ErrorCode.UnknownTopicOrPartition;
        return new FoundTopic(error, name, Guid.Empty, null);
    }
}

/// <summary>A topic that a Metadata request named, and what was found.</summary>
internal readonly record struct FoundTopic(ErrorCode Error, string? Name, Guid Id, TopicDescription? Topic);

/// <summary>
/// A Metadata answer, written straight from the catalog's descriptions: ten thousand partitions make no ten thousand objects.
/// </summary>
internal sealed class MetadataReply : KafkaReply
{
    [ThreadStatic]
    private static int[]? t_nodes;

    private readonly KafkaConnection _connection;
    private readonly int _throttleMs;
    private readonly int _topicOperations;
    private readonly int _clusterOperations;
    private IReadOnlyList<FoundTopic> _topics = [];
    private Exception? _bug;

    public MetadataReply(KafkaConnection connection, in KafkaRequest request, bool topicOperations, bool clusterOperations)
    {
        _connection = connection;
        _throttleMs = request.Context.ThrottleMs;
        _topicOperations = topicOperations ? AuthorizedOperations.Topic : AuthorizedOperations.NotAsked;
        _clusterOperations = clusterOperations ? AuthorizedOperations.Cluster : AuthorizedOperations.NotAsked;
        Answer(request);
    }

    public void Set(IReadOnlyList<FoundTopic> topics)
    {
        _topics = topics;
        Complete();
    }

    public void SetFrom(ValueTask<IReadOnlyList<FoundTopic>> topics) => _ = AwaitAsync(topics);

    protected override void WriteBody(KafkaWriter writer)
    {
        if (_bug is not null)
        {
            throw new InvalidOperationException("Topics could not be created.", _bug);
        }

        var catalog = _connection.Services.Catalog;
        var response = new MetadataResponseWriter(writer, Version);
        NodeEndpoint[] nodes =
            [.. catalog.Nodes.Select(n => new NodeEndpoint(n.Id, _connection.HostOf(n), _connection.PortOf(n), n.Rack))];
        response.Begin(_throttleMs, nodes, catalog.ClusterId, catalog.ControllerId, _topics.Count);
        foreach (var found in _topics)
        {
            var partitions = found.Topic?.Partitions ?? [];
            response.BeginTopic(found.Error, found.Name, found.Id, found.Topic?.IsInternal ?? false, partitions.Count);
            for (var i = 0; i < partitions.Count; i++)
            {
                WritePartition(response, partitions[i], i);
            }

            response.EndTopic(_topicOperations);
        }

        response.End(_clusterOperations);
    }

    private static void WritePartition(in MetadataResponseWriter response, PartitionDescription partition, int index)
    {
        var count = partition.Replicas.Count;
        var nodes = t_nodes = t_nodes?.Length >= count + partition.InSyncReplicas.Count
            ? t_nodes : new int[Math.Max(16, count + partition.InSyncReplicas.Count)];
        for (var i = 0; i < count; i++)
        {
            nodes[i] = partition.Replicas[i];
        }

        for (var i = 0; i < partition.InSyncReplicas.Count; i++)
        {
            nodes[count + i] = partition.InSyncReplicas[i];
        }

        response.Partition(new MetadataPartitionAnswer
        {
            Error = partition.LeaderId < 0 ? ErrorCode.LeaderNotAvailable : ErrorCode.None,
            Partition = index,
            LeaderId = partition.LeaderId,
            LeaderEpoch = partition.LeaderEpoch,
            Replicas = nodes.AsSpan(0, count),
            Isr = nodes.AsSpan(count, partition.InSyncReplicas.Count),
        });
    }

    private async Task AwaitAsync(ValueTask<IReadOnlyList<FoundTopic>> topics)
    {
        try
        {
            _topics = await topics.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // it surfaces in the connection's turn
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _bug = bug;
        }

        Complete();
        WakeConnection();
    }
}
