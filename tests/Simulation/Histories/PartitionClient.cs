namespace Simulation.Histories;

/// <summary>One producer of one partition: plain, or idempotent with at most five batches unanswered, as a real client has.</summary>
internal sealed class PartitionClient(long producerId)
{
    public const int MaxUnanswered = 5;

    public long ProducerId => producerId;
    public short Epoch { get; private set; }
    public int NextSequence { get; set; }

    /// <summary>In order of sequence; those that need a resend are the last ones.</summary>
    public List<ClientBatch> Unanswered { get; } = [];

    public bool IsIdempotent => producerId >= 0;

    public ClientBatch? FirstToResend => IsIdempotent ? Unanswered.Find(b => b.NeedsResend) : null;

    public bool MaySendNew => !IsIdempotent || (Unanswered.Count < MaxUnanswered && FirstToResend is null);

    /// <summary>The node is gone: what is unanswered is sent again, by an idempotent client.</summary>
    public void LoseConnection()
    {
        if (!IsIdempotent)
        {
            Unanswered.Clear();
            return;
        }

        foreach (var batch in Unanswered)
        {
            batch.NeedsResend = true;
        }
    }

    /// <summary>The log has lost what this client was told is safe, as far as its topic promised: it begins anew, as Kafka's client does.</summary>
    public void BumpEpoch()
    {
        Epoch++;
        NextSequence = 0;
        Unanswered.Clear();
    }
}
