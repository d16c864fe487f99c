namespace Actors.Model.Producers;

/// <summary>
/// What a partition knows of one idempotent producer (KIP-98): its epoch and its last batches, and room for the transaction it
/// may have open.
/// </summary>
public struct ProducerState
{
    /// <summary>No transaction is open.</summary>
    public const long NoTransaction = -1;

    private ProducerBatches _batches;

    /// <summary>A producer of which only the epoch is known.</summary>
    public ProducerState(long producerId, short epoch)
    {
        ProducerId = producerId;
        Epoch = epoch;
        CoordinatorEpoch = -1;
        TransactionFirstOffset = NoTransaction;
    }

    /// <summary>The producer's id.</summary>
    public long ProducerId { get; }

    /// <summary>Its latest epoch.</summary>
    public short Epoch { get; private set; }

    /// <summary>Epoch of the transaction coordinator that wrote the last marker, or -1.</summary>
    public int CoordinatorEpoch { get; set; }

    /// <summary>First offset of the open transaction, or <see cref="NoTransaction"/>.</summary>
    public long TransactionFirstOffset { get; set; }

    /// <summary>When the producer was last heard of, ms since 1970.</summary>
    public long LastAppendTimeMs { get; set; }

    /// <summary>Number of batches remembered, 0 to <see cref="ProducerBatches.Capacity"/>.</summary>
    public int BatchCount { get; private set; }

    /// <summary>A remembered batch; 0 is the oldest.</summary>
    public readonly ProducerBatch this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)BatchCount);
            return _batches[index];
        }
    }

    /// <summary>Sequence of the last record, or -1 if no batch is remembered.</summary>
    public readonly int LastSequence => BatchCount == 0 ? -1 : _batches[BatchCount - 1].LastSequence;

    /// <summary>Offset of the last record, or -1 if no batch is remembered.</summary>
    public readonly long LastOffset => BatchCount == 0 ? -1 : _batches[BatchCount - 1].LastOffset;

    /// <summary>Takes up a newer epoch: the batches of the older one no longer count.</summary>
    public void BeginEpoch(short epoch)
    {
        Epoch = epoch;
        BatchCount = 0;
    }

    /// <summary>Remembers one more batch; the oldest one goes when there are <see cref="ProducerBatches.Capacity"/>.</summary>
    public void Add(in ProducerBatch batch)
    {
        if (BatchCount == ProducerBatches.Capacity)
        {
            Span<ProducerBatch> all = _batches;
            all[1..].CopyTo(all);
            BatchCount--;
        }

        _batches[BatchCount++] = batch;
        LastAppendTimeMs = batch.AppendTimeMs;
    }

    /// <summary>The remembered batch with exactly this range of sequences.</summary>
    public readonly bool TryFind(int baseSequence, int lastSequence, out ProducerBatch found)
    {
        for (var i = BatchCount - 1; i >= 0; i--)
        {
            if (_batches[i].BaseSequence == baseSequence && _batches[i].LastSequence == lastSequence)
            {
                found = _batches[i];
                return true;
            }
        }

        found = default;
        return false;
    }
}
