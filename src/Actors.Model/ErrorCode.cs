namespace Actors.Model;

/// <summary>
/// Expected outcomes of a request, as values. The numbers are Kafka's own error codes
/// (https://kafka.apache.org/protocol#protocol_error_codes), so that a listener passes them on unchanged.
/// </summary>
public enum ErrorCode : short
{
    /// <summary>The server met an error it has no code for.</summary>
    UnknownServerError = -1,
    /// <summary>Success.</summary>
    None = 0,
    /// <summary>The offset is outside the log: below its start or above its end.</summary>
    OffsetOutOfRange = 1,
    /// <summary>A batch fails its CRC or its header contradicts its bytes.</summary>
    CorruptMessage = 2,
    /// <summary>No such topic or partition here.</summary>
    UnknownTopicOrPartition = 3,
    /// <summary>A fetch size is invalid.</summary>
    InvalidFetchSize = 4,
    /// <summary>No leader is known at the moment.</summary>
    LeaderNotAvailable = 5,
    /// <summary>This node neither leads nor follows the partition.</summary>
    NotLeaderOrFollower = 6,
    /// <summary>The request timed out; its outcome is unknown.</summary>
    RequestTimedOut = 7,
    /// <summary>The replica is not available.</summary>
    ReplicaNotAvailable = 9,
    /// <summary>The batch is larger than <c>max.message.bytes</c>.</summary>
    MessageTooLarge = 10,
    /// <summary>The metadata of a committed offset is longer than allowed.</summary>
    OffsetMetadataTooLarge = 12,
    /// <summary>The coordinator is loading its state.</summary>
    CoordinatorLoadInProgress = 14,
    /// <summary>No coordinator is available.</summary>
    CoordinatorNotAvailable = 15,
    /// <summary>This node is not the coordinator.</summary>
    NotCoordinator = 16,
    /// <summary>The topic's name is not allowed, or an internal topic was named.</summary>
    InvalidTopicException = 17,
    /// <summary>The request holds a larger list of records than the segment takes.</summary>
    RecordListTooLarge = 18,
    /// <summary>Fewer in-sync replicas than <c>min.insync.replicas</c>: nothing was appended.</summary>
    NotEnoughReplicas = 19,
    /// <summary>Appended, but fewer in-sync replicas than required are left.</summary>
    NotEnoughReplicasAfterAppend = 20,
    /// <summary>acks is none of -1, 0, 1.</summary>
    InvalidRequiredAcks = 21,
    /// <summary>The member's generation is not the group's current one.</summary>
    IllegalGeneration = 22,
    /// <summary>The member has no protocol in common with its group, or another protocol type.</summary>
    InconsistentGroupProtocol = 23,
    /// <summary>The group's id is not allowed.</summary>
    InvalidGroupId = 24,
    /// <summary>The group has no such member.</summary>
    UnknownMemberId = 25,
    /// <summary>The session timeout lies outside of what the node allows.</summary>
    InvalidSessionTimeout = 26,
    /// <summary>The group rebalances: join again.</summary>
    RebalanceInProgress = 27,
    /// <summary>An offset commit is too large to be stored.</summary>
    InvalidCommitOffsetSize = 28,
    /// <summary>The principal may not do this to the topic.</summary>
    TopicAuthorizationFailed = 29,
    /// <summary>The principal may not do this to the group.</summary>
    GroupAuthorizationFailed = 30,
    /// <summary>The principal may not do this to the cluster.</summary>
    ClusterAuthorizationFailed = 31,
    /// <summary>A record's timestamp is out of the accepted range.</summary>
    InvalidTimestamp = 32,
    /// <summary>The version of the API is not supported.</summary>
    UnsupportedVersion = 35,
    /// <summary>The topic exists already.</summary>
    TopicAlreadyExists = 36,
    /// <summary>The number of partitions is invalid.</summary>
    InvalidPartitions = 37,
    /// <summary>The replication factor is invalid or larger than the number of nodes.</summary>
    InvalidReplicationFactor = 38,
    /// <summary>The replica assignment is invalid.</summary>
    InvalidReplicaAssignment = 39,
    /// <summary>A configuration is invalid.</summary>
    InvalidConfig = 40,
    /// <summary>This node is not the controller.</summary>
    NotController = 41,
    /// <summary>The request contradicts itself or the protocol.</summary>
    InvalidRequest = 42,
    /// <summary>The message format does not support this.</summary>
    UnsupportedForMessageFormat = 43,
    /// <summary>A policy refuses the request.</summary>
    PolicyViolation = 44,
    /// <summary>The producer's sequence has a gap.</summary>
    OutOfOrderSequenceNumber = 45,
    /// <summary>The producer's sequence was accepted before.</summary>
    DuplicateSequenceNumber = 46,
    /// <summary>The producer's epoch is older than the current one.</summary>
    InvalidProducerEpoch = 47,
    /// <summary>The transaction is in a state that does not allow this.</summary>
    InvalidTxnState = 48,
    /// <summary>The producer id does not belong to the transactional id.</summary>
    InvalidProducerIdMapping = 49,
    /// <summary>The transaction timeout is out of range.</summary>
    InvalidTransactionTimeout = 50,
    /// <summary>The transactional id is not authorized.</summary>
    TransactionalIdAuthorizationFailed = 53,
    /// <summary>There is no authorizer, so there is nothing to describe or change.</summary>
    SecurityDisabled = 54,
    /// <summary>The storage of this node failed.</summary>
    KafkaStorageError = 56,
    /// <summary>No such log directory.</summary>
    LogDirNotFound = 57,
    /// <summary>Nothing is known of this producer id.</summary>
    UnknownProducerId = 59,
    /// <summary>A reassignment is under way.</summary>
    ReassignmentInProgress = 60,
    /// <summary>The group has members.</summary>
    NonEmptyGroup = 68,
    /// <summary>No such group.</summary>
    GroupIdNotFound = 69,
    /// <summary>No fetch session of this id.</summary>
    FetchSessionIdNotFound = 70,
    /// <summary>The epoch of the fetch session is not the expected one.</summary>
    InvalidFetchSessionEpoch = 71,
    /// <summary>The caller's leader epoch is older than the current one.</summary>
    FencedLeaderEpoch = 74,
    /// <summary>The caller's leader epoch is newer than this node knows.</summary>
    UnknownLeaderEpoch = 75,
    /// <summary>The compression codec is not supported here.</summary>
    UnsupportedCompressionType = 76,
    /// <summary>The node that asks was replaced by a newer registration of its id.</summary>
    StaleBrokerEpoch = 77,
    /// <summary>The offset is not known yet: a new leader has not committed in its epoch.</summary>
    OffsetNotAvailable = 78,
    /// <summary>The group wants the member to join again with the id given.</summary>
    MemberIdRequired = 79,
    /// <summary>The group has as many members as it may.</summary>
    GroupMaxSizeReached = 81,
    /// <summary>Another member has taken over this static member's instance id.</summary>
    FencedInstanceId = 82,
    /// <summary>The partition has the leader that an election would give it.</summary>
    ElectionNotNeeded = 84,
    /// <summary>No reassignment is under way that could be cancelled.</summary>
    NoReassignmentInProgress = 85,
    /// <summary>The group reads the topic whose offsets were to be deleted.</summary>
    GroupSubscribedToTopic = 86,
    /// <summary>A record breaks a rule of its topic; see the record errors.</summary>
    InvalidRecord = 87,
    /// <summary>Unstable offsets have to be waited for.</summary>
    UnstableOffsetCommit = 88,
    /// <summary>The request exceeds its throttling quota.</summary>
    ThrottlingQuotaExceeded = 89,
    /// <summary>A newer producer with the same id fenced this one.</summary>
    ProducerFenced = 90,
    /// <summary>No such resource.</summary>
    ResourceNotFound = 91,
    /// <summary>No topic of this id.</summary>
    UnknownTopicId = 100,
    /// <summary>Another node is registered under this id.</summary>
    DuplicateBrokerRegistration = 101,
    /// <summary>The topic id differs from the one known.</summary>
    InconsistentTopicId = 103,
    /// <summary>The node belongs to another cluster.</summary>
    InconsistentClusterId = 104,
    /// <summary>The fetch session was opened with other topic ids.</summary>
    FetchSessionTopicIdError = 106,
    /// <summary>The request went to a broker's endpoint and wants a controller's.</summary>
    MismatchedEndpointType = 114,
    /// <summary>Kafka's code for a request type this listener refuses.</summary>
    UnsupportedEndpointType = 115,
}
