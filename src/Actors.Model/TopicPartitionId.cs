namespace Actors.Model;

/// <summary>One partition of one topic, by id: a topic created again under an old name is another topic.</summary>
/// <param name="TopicId">The topic's id (KIP-516), never <see cref="Guid.Empty"/> for an existing topic.</param>
/// <param name="Partition">The partition's index, from 0.</param>
public readonly record struct TopicPartitionId(Guid TopicId, int Partition)
{
    /// <inheritdoc/>
    public override string ToString() => $"{TopicId:N}-{Partition}";
}
