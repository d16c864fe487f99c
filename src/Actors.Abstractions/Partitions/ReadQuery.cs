namespace Actors.Abstractions;

/// <summary>What to read from a partition.</summary>
[GenerateSerializer, Immutable, Alias("actors.read-query")]
public sealed record ReadQuery
{
    /// <summary>The end of what is committed, as an <see cref="Offset"/>.</summary>
    public const long Latest = -1;
    /// <summary>The first record that is kept, as an <see cref="Offset"/>.</summary>
    public const long Earliest = -2;
    /// <summary>Most bytes one read answers, but for a first batch that is larger: 1 MiB.</summary>
    public const int MaxMaxBytes = 1024 * 1024;
    /// <summary>Longest wait: 2 s, below every response timeout, so that a dead silo is noticed within one.</summary>
    public const int MaxMaxWaitMs = 2000;

    /// <summary>First offset wanted, or <see cref="Latest"/>, or <see cref="Earliest"/>.</summary>
    [Id(0)] public required long Offset { get; init; }
    /// <summary>Most bytes wanted; a first batch larger than that is answered whole. Default 512 KiB; from 1 to 1 MiB.</summary>
    [Id(1)] public int MaxBytes { get; init; } = 512 * 1024;
    /// <summary>How long to wait for a record when there is none, in ms. Default 0; at most <see cref="MaxMaxWaitMs"/>.</summary>
    [Id(2)] public int MaxWaitMs { get; init; }
    /// <summary>The epoch the reader knows, or -1 for any.</summary>
    [Id(3)] public int LeaderEpoch { get; init; } = -1;
}
