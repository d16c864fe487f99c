using Actors.Abstractions;

namespace Actors.Client;

/// <summary>One generation of a group as one of its members sees it.</summary>
/// <param name="Member">Who the member is in it.</param>
/// <param name="Partitions">What it is assigned.</param>
/// <param name="Topics">
/// For the leader: the topics of all members with the number of partitions that it assigned (0: the topic does not exist); it watches
/// them. Null for all others.
/// </param>
internal sealed record GroupGeneration(
    GroupMembership Member, IReadOnlyList<PartitionKey> Partitions, IReadOnlyDictionary<string, int>? Topics);
