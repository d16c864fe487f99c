using Actors.Model.Ports;

namespace Simulation.Histories;

/// <summary>A batch as its client knows it.</summary>
internal sealed class ClientBatch
{
    public required int Id { get; init; }
    public required long ProducerId { get; init; }
    public required short ProducerEpoch { get; init; }
    public required int Sequence { get; init; }
    public required AckMode Acks { get; init; }

    /// <summary>As built, before the leader stamps it.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>Timestamps of its records, in order.</summary>
    public required long[] Timestamps { get; init; }

    /// <summary>Keys of its records, in order.</summary>
    public required long[] Keys { get; init; }

    /// <summary>Values of its records, in order; null: a tombstone.</summary>
    public required byte[]?[] Values { get; init; }

    public bool IsIdempotent => ProducerId >= 0;

    /// <summary>Where it was acknowledged, or -1.</summary>
    public long AcknowledgedAt { get; set; } = -1;

    /// <summary>The client does not know what became of it and will send it again.</summary>
    public bool NeedsResend { get; set; }

    public override string ToString() => IsIdempotent ? $"#{Id} of producer {ProducerId}.{ProducerEpoch} seq {Sequence}" : $"#{Id}";
}
