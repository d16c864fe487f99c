namespace Actors.Model.Groups;

/// <summary>Committed offsets to forget.</summary>
/// <param name="GroupId">The group.</param>
/// <param name="Topics">The partitions.</param>
public sealed record DeleteOffsets(string GroupId, IReadOnlyList<TopicPartitions> Topics);

/// <summary>Answer to a <see cref="DeleteOffsets"/>.</summary>
/// <param name="Error">None, or the error of the whole request (then <paramref name="Errors"/> is empty).</param>
/// <param name="Errors">
/// One array per topic, one error per partition, in the order of the request: None, or
/// <see cref="ErrorCode.GroupSubscribedToTopic"/>. A partition without an offset is no error.
/// </param>
public sealed record DeleteOffsetsAnswer(ErrorCode Error, IReadOnlyList<ErrorCode[]> Errors);
