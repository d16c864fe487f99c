namespace LoadGen.Protocol;

/// <summary>The APIs this tool speaks, by Kafka's numbers, with the versions it can encode.</summary>
internal enum ApiKey : short
{
    Produce = 0,
    Fetch = 1,
    ListOffsets = 2,
    Metadata = 3,
    OffsetCommit = 8,
    FindCoordinator = 10,
    JoinGroup = 11,
    Heartbeat = 12,
    SyncGroup = 14,
    ApiVersions = 18,
    CreateTopics = 19,
    DeleteTopics = 20,
    IncrementalAlterConfigs = 44,
}

/// <summary>An inclusive range of versions.</summary>
internal readonly record struct VersionRange(short Min, short Max);
