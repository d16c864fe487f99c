using System.Runtime.CompilerServices;

namespace Actors.Model.Producers;

/// <summary>What is remembered of one batch of an idempotent producer.</summary>
/// <param name="BaseSequence">Sequence of its first record.</param>
/// <param name="LastSequence">Sequence of its last record.</param>
/// <param name="BaseOffset">Offset of its first record.</param>
/// <param name="LastOffset">Offset of its last record.</param>
/// <param name="AppendTimeMs">When it was folded into the table, ms since 1970; never runs backwards within a table.</param>
public readonly record struct ProducerBatch(int BaseSequence, int LastSequence, long BaseOffset, long LastOffset, long AppendTimeMs);

/// <summary>The last batches of one producer, oldest first, held inline: a producer costs no object.</summary>
[InlineArray(Capacity)]
public struct ProducerBatches
{
    /// <summary>Batches remembered per producer: Kafka's ProducerStateEntry.NUM_BATCHES_TO_RETAIN, which bounds a client's
    /// <c>max.in.flight.requests.per.connection</c>.</summary>
    public const int Capacity = 5;

    private ProducerBatch _first;
}
