using Actors.Kafka.Wire;

namespace Actors.Kafka.Listener;

/// <summary>Which handler answers which API. The ApiVersions answer is made from this table: what is listed is what is routed.</summary>
internal static class KafkaDispatch
{
    private static readonly Entry[] s_entries =
    [
        Of(KafkaApi.Produce, ProduceHandler.Handle),
        Of(KafkaApi.Fetch, FetchHandler.Handle),
        Of(KafkaApi.ListOffsets, ListOffsetsHandler.Handle),
        Of(KafkaApi.Metadata, MetadataHandler.Handle),
        Of(KafkaApi.OffsetCommit, OffsetCommitHandler.Handle),
        Of(KafkaApi.OffsetFetch, OffsetFetchHandler.Handle),
        Of(KafkaApi.FindCoordinator, FindCoordinatorHandler.Handle),
        Of(KafkaApi.JoinGroup, JoinGroupHandler.Handle),
        Of(KafkaApi.Heartbeat, HeartbeatHandler.Handle),
        Of(KafkaApi.LeaveGroup, LeaveGroupHandler.Handle),
        Of(KafkaApi.SyncGroup, SyncGroupHandler.Handle),
        Of(KafkaApi.DescribeGroups, DescribeGroupsHandler.Handle),
        Of(KafkaApi.ListGroups, ListGroupsHandler.Handle),
        Of(KafkaApi.ApiVersions, ApiVersionsHandler.Handle),
        Of(KafkaApi.CreateTopics, CreateTopicsHandler.Handle),
        Of(KafkaApi.DeleteTopics, DeleteTopicsHandler.Handle),
        Of(KafkaApi.DeleteRecords, DeleteRecordsHandler.Handle),
        Of(KafkaApi.InitProducerId, InitProducerIdHandler.Handle),
        Of(KafkaApi.OffsetForLeaderEpoch, OffsetForLeaderEpochHandler.Handle),
        Of(KafkaApi.DescribeConfigs, DescribeConfigsHandler.Handle),
        Of(KafkaApi.AlterConfigs, AlterConfigsHandler.Handle),
        Of(KafkaApi.DescribeLogDirs, DescribeLogDirsHandler.Handle),
        Of(KafkaApi.CreatePartitions, CreatePartitionsHandler.Handle),
        Of(KafkaApi.DeleteGroups, DeleteGroupsHandler.Handle),
        Of(KafkaApi.ElectLeaders, ElectLeadersHandler.Handle),
        Of(KafkaApi.IncrementalAlterConfigs, IncrementalAlterConfigsHandler.Handle),
        Of(KafkaApi.AlterPartitionReassignments, AlterPartitionReassignmentsHandler.Handle),
        Of(KafkaApi.ListPartitionReassignments, ListPartitionReassignmentsHandler.Handle),
        Of(KafkaApi.OffsetDelete, OffsetDeleteHandler.Handle),
        Of(KafkaApi.DescribeClientQuotas, DescribeClientQuotasHandler.Handle),
        Of(KafkaApi.AlterClientQuotas, AlterClientQuotasHandler.Handle),
        Of(KafkaApi.DescribeUserScramCredentials, DescribeUserScramCredentialsHandler.Handle),
        Of(KafkaApi.DescribeCluster, DescribeClusterHandler.Handle),
        Of(KafkaApi.DescribeProducers, DescribeProducersHandler.Handle),
        Of(KafkaApi.ListConfigResources, ListConfigResourcesHandler.Handle),
        Of(KafkaApi.DescribeTopicPartitions, DescribeTopicPartitionsHandler.Handle),
    ];

    private static readonly Entry?[] s_byKey = ByKey();

    internal delegate void Handler(KafkaConnection connection, in KafkaRequest request);

    /// <summary>The APIs served, by key.</summary>
    public static ReadOnlySpan<Entry> Entries => s_entries;

    /// <summary>The handler of a key.</summary>
    public static bool TryGet(short key, out Entry entry)
    {
        var found = (uint)key < (uint)s_byKey.Length ? s_byKey[key] : null;
        entry = found.GetValueOrDefault();
        return found.HasValue;
    }

    private static Entry Of(KafkaApi api, Handler handle) =>
        KafkaApis.TryGet((short)api, out var versions)
            ? new Entry(versions, handle) : throw new InvalidOperationException($"{api} has no schema.");

    private static Entry?[] ByKey()
    {
        var byKey = new Entry?[s_entries.Max(e => (int)e.Versions.Api) + 1];
        foreach (var entry in s_entries)
        {
            byKey[(int)entry.Versions.Api] = entry;
        }

        return byKey;
    }

    /// <summary>One API and its handler.</summary>
    internal readonly record struct Entry(KafkaApiVersions Versions, Handler Handle);
}
