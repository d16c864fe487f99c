using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Actors.Model.Records;

namespace Actors.Model.Producers;

/// <summary>
/// The idempotent producers of one partition: a fold over its log. The partition's machine validates with one (its state is that of
/// the log's end), the storage folds another as it writes, so that a snapshot is exact at the recovery point. Rules and limits are
/// those of Kafka's ProducerStateManager and ProducerAppendInfo (KIP-98, KIP-360). Producers are kept in order of their last
/// append, so that the eldest is found at once and two tables over the same log are alike. Not safe for concurrent use.
/// </summary>
public sealed partial class ProducerTable
{
    /// <summary>Kafka's <c>producer.id.expiration.ms</c>: a producer that is silent for this long is forgotten. One day.</summary>
    public const long DefaultExpirationMs = 24L * 60 * 60 * 1000;

    /// <summary>
    /// Producers remembered per partition at most. Beyond it the one that has been silent longest is forgotten, as if it had expired:
    /// its next batch is taken with any sequence, and only a resend of its older ones would not be recognized. Kafka has no such limit;
    /// it bounds the memory a flood of producer ids can take (about 25 MB here).
    /// </summary>
    public const int DefaultMaxProducers = 100_000;

    private readonly int _maxProducers;
    private long _clockMs;

    /// <summary>An empty table; takes no memory to speak of until the first producer appears.</summary>
    public ProducerTable(int maxProducers = DefaultMaxProducers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxProducers, 1);
        _maxProducers = maxProducers;
    }

    /// <summary>Number of producers remembered.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Whether a batch may be appended. <see cref="ErrorCode.None"/>: yes. <see cref="ErrorCode.DuplicateSequenceNumber"/>: it was
    /// appended before, as <paramref name="duplicate"/>; the answer to the producer is success with those offsets. Else the error:
    /// <see cref="ErrorCode.InvalidProducerEpoch"/> for an older epoch; <see cref="ErrorCode.OutOfOrderSequenceNumber"/> for a gap,
    /// for a resend that is no longer remembered, and for a new epoch that does not begin at 0;
    /// <see cref="ErrorCode.InvalidRecord"/> for a producer id without epoch or sequence. A producer that is not known may begin
    /// with any sequence (its older records may have been deleted, KIP-360). Changes nothing.
    /// </summary>
    public ErrorCode Check(in RecordBatchInfo info, out ProducerBatch duplicate)
    {
        duplicate = default;
        if (!info.HasProducerId)
        {
            return ErrorCode.None;
        }

        if (info.ProducerEpoch < 0 || info.BaseSequence < 0)
        {
            return ErrorCode.InvalidRecord;
        }

        if (!TryFindSlot(info.ProducerId, out var slot))
        {
            return ErrorCode.None;
        }

        ref readonly var state = ref _slots[slot].State;
        if (info.ProducerEpoch != state.Epoch)
        {
            return info.ProducerEpoch < state.Epoch ? ErrorCode.InvalidProducerEpoch
                : info.BaseSequence != 0 ? ErrorCode.OutOfOrderSequenceNumber
                : ErrorCode.None;
        }

        if (state.TryFind(info.BaseSequence, info.LastSequence, out duplicate))
        {
            return ErrorCode.DuplicateSequenceNumber;
        }

        var expected = state.LastSequence == int.MaxValue ? 0 : state.LastSequence + 1;
        return info.BaseSequence == expected ? ErrorCode.None : ErrorCode.OutOfOrderSequenceNumber;
    }

    /// <summary>
    /// Whether the epoch of a batch that a coordinator on this node appends is current; such batches carry no sequence.
    /// </summary>
    public ErrorCode CheckEpoch(in RecordBatchInfo info) =>
        info.HasProducerId && TryFindSlot(info.ProducerId, out var slot) && info.ProducerEpoch < _slots[slot].State.Epoch
            ? ErrorCode.InvalidProducerEpoch
            : ErrorCode.None;

    /// <summary>
    /// Folds one batch of the log, its offsets stamped. <paramref name="appendTimeMs"/> is the time of the fold (on recovery: of the
    /// recovery), not the producer's timestamp, which may lie years back and would make the producer expire at once. Time that runs
    /// backwards is taken as standing still. Batches without a producer id change nothing.
    /// </summary>
    public void Apply(in RecordBatchInfo info, long appendTimeMs)
    {
        if (!info.HasProducerId)
        {
            return;
        }

        _clockMs = Math.Max(_clockMs, appendTimeMs);
        var slot = TryFindSlot(info.ProducerId, out var found) ? found : Insert(new ProducerState(info.ProducerId, info.ProducerEpoch));
        ref var state = ref _slots[slot].State;
        if (info.ProducerEpoch > state.Epoch)
        {
            state.BeginEpoch(info.ProducerEpoch);
        }

        state.LastAppendTimeMs = _clockMs;
        if (!info.IsControl && info.BaseSequence >= 0 && info.ProducerEpoch == state.Epoch)
        {
            Debug.Assert(info.BaseOffset > state.LastOffset, "a producer's batches were folded out of order");
            state.Add(new ProducerBatch(info.BaseSequence, info.LastSequence, info.BaseOffset, info.LastOffset, _clockMs));
        }

        MoveToNewest(slot);
    }

    /// <summary>Takes up one producer from a snapshot; call in the order in which the snapshot was enumerated.</summary>
    /// <exception cref="ArgumentException">The producer is there already, or older than the one before.</exception>
    public void Restore(in ProducerState state)
    {
        if (TryFindSlot(state.ProducerId, out _) || state.LastAppendTimeMs < _clockMs)
        {
            throw new ArgumentException("A snapshot of producers names one twice or out of order.", nameof(state));
        }

        _clockMs = state.LastAppendTimeMs;
        Insert(state);
    }

    /// <summary>
    /// Forgets the producers that have been silent for <paramref name="expirationMs"/> and have no transaction open; costs what it
    /// forgets. Answers how many went.
    /// </summary>
    public int Expire(long nowMs, long expirationMs = DefaultExpirationMs)
    {
        var expired = 0;
        for (var slot = _oldest; slot >= 0;)
        {
            ref readonly var entry = ref _slots[slot];
            if (nowMs - entry.State.LastAppendTimeMs < expirationMs)
            {
                break;
            }

            var next = entry.Newer;
            if (entry.State.TransactionFirstOffset == ProducerState.NoTransaction)
            {
                Remove(slot);
                expired++;
            }

            slot = next;
        }

        return expired;
    }

    /// <summary>What is known of one producer.</summary>
    public bool TryGet(long producerId, [MaybeNullWhen(false)] out ProducerState state)
    {
        var found = TryFindSlot(producerId, out var slot);
        state = found ? _slots[slot].State : default;
        return found;
    }

    /// <summary>A copy that shares nothing.</summary>
    public ProducerTable Clone()
    {
        var copy = new ProducerTable(_maxProducers);
        foreach (ref readonly var state in this)
        {
            copy.Insert(state);
        }

        copy._clockMs = _clockMs;
        return copy;
    }
}
