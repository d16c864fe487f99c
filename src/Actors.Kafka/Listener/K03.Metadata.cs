using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Model.Topics;

namespace Actors.Kafka.Listener;

/// <summary>
/// Metadata, key 3.
/// Versions: 0-13 (Kafka 4.3: 0-13). Promise: all topics (null; in version 0 the empty list), topics by name, from 12 on by id; an
/// unknown name is created if the request allows it (it always does before version 4) and the node does, and is in the answer at once;
/// error 3 for an unknown name, 17 for an impossible one, 100 for an unknown id; a node without an advertised host is given the address
/// on which the connection arrived. Gaps: authorized operations are answered as not asked for.
/// </summary>
internal static class MetadataHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var asked = request.Read<MetadataRequest>();
        var all = asked.Topics is null || (request.Version == 0 && asked.Topics.Length == 0);
        var catalog = connection.Services.Catalog;
        if (all)
        {
            var version = request.Version;
            connection.Send(request, Answer(connection, request, [.. catalog.Topics.Select(t => Describe(t, version))]));
            return;
        }

        var mayCreate = connection.Services.Options.AutoCreateTopics && (request.Version < 4 || asked.AllowAutoTopicCreation);
        var missing = mayCreate ? Missing(catalog, asked.Topics!, connection.Services.Limits.MaxAutoCreatedTopics) : [];
        if (missing.Count == 0)
        {
            connection.Send(request, Answer(connection, request, Find(catalog, asked.Topics!, request.Version, null)));
            return;
        }

        connection.Send(request, CreateAndAnswerAsync(connection, request, asked.Topics!, missing));
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

    private static async ValueTask<MetadataResponse> CreateAndAnswerAsync(
        KafkaConnection connection, KafkaRequest request, MetadataRequestTopic[] topics, List<string> missing)
    {
        var refused = new Dictionary<string, ErrorCode>(StringComparer.Ordinal);
        foreach (var name in missing)
        {
            var newTopic = new NewTopic { Name = name, PartitionCount = -1, ReplicationFactor = -1 };
            var outcome = await connection.Services.Commands.CreateTopicAsync(newTopic, connection.Closing).ConfigureAwait(false);
            if (outcome.Error is not (ErrorCode.None or ErrorCode.TopicAlreadyExists))
            {
                refused[name] = outcome.Error;
            }
        }

        return Answer(connection, request, Find(connection.Services.Catalog, topics, request.Version, refused));
    }

    private static MetadataResponseTopic[] Find(
        ICatalog catalog, MetadataRequestTopic[] topics, short version, Dictionary<string, ErrorCode>? refused)
    {
        var found = new List<MetadataResponseTopic>(topics.Length);
        var seen = new HashSet<(string?, Guid)>();
        foreach (var topic in topics)
        {
            var byId = topic.TopicId != Guid.Empty;
            if (seen.Add((byId ? null : topic.Name ?? "", topic.TopicId)))
            {
                found.Add(byId ? FindById(catalog, topic.TopicId, version) : FindByName(catalog, topic.Name ?? "", version, refused));
            }
        }

        return [.. found];
    }

    private static MetadataResponseTopic FindById(ICatalog catalog, Guid id, short version) =>
        catalog.TryGetTopic(id, out var topic)
            ? Describe(topic, version)
            : new MetadataResponseTopic { ErrorCode = (short)ErrorCode.UnknownTopicId, TopicId = id, Name = version >= 12 ? null : "" };

    private static MetadataResponseTopic FindByName(ICatalog catalog, string name, short version, Dictionary<string, ErrorCode>? refused)
    {
        if (catalog.TryGetTopic(name, out var topic))
        {
            return Describe(topic, version);
        }

        var error = TopicName.Check(name) is not null ? ErrorCode.InvalidTopicException
            : refused?.GetValueOrDefault(name, ErrorCode.UnknownTopicOrPartition) ?? ErrorCode.UnknownTopicOrPartition;
        return new MetadataResponseTopic { ErrorCode = (short)error, Name = name };
    }

    private static MetadataResponseTopic Describe(TopicDescription topic, short version)
    {
        var partitions = new MetadataResponsePartition[topic.Partitions.Count];
        for (var i = 0; i < partitions.Length; i++)
        {
            var partition = topic.Partitions[i];
            partitions[i] = new MetadataResponsePartition
            {
                ErrorCode = partition.LeaderId < 0 ? (short)ErrorCode.LeaderNotAvailable : (short)0,
                PartitionIndex = i,
                LeaderId = partition.LeaderId,
                LeaderEpoch = partition.LeaderEpoch,
                ReplicaNodes = [.. partition.Replicas],
                IsrNodes = [.. partition.InSyncReplicas],
            };
        }

        return new MetadataResponseTopic
        {
            Name = topic.Name,
            TopicId = version >= 10 ? topic.Id : Guid.Empty,
            IsInternal = topic.IsInternal,
            Partitions = partitions,
        };
    }

    private static MetadataResponse Answer(KafkaConnection connection, in KafkaRequest request, MetadataResponseTopic[] topics)
    {
        var catalog = connection.Services.Catalog;
        return new MetadataResponse
        {
            ThrottleTimeMs = request.Context.ThrottleMs,
            Brokers =
            [
                .. catalog.Nodes.Select(n => new MetadataResponseBroker
                {
                    NodeId = n.Id, Host = connection.HostOf(n), Port = connection.PortOf(n), Rack = n.Rack,
                }),
            ],
            ClusterId = catalog.ClusterId,
            ControllerId = catalog.ControllerId,
            Topics = topics,
        };
    }
}
