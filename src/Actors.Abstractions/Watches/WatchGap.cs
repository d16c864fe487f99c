using System.Collections.Immutable;

namespace Actors.Abstractions;

/// <summary>Why a subscription may have missed something.</summary>
[GenerateSerializer, Alias("actors.watch-gap-reason")]
public enum WatchGapReason
{
    /// <summary>What was asked for has left the silo's memory: it keeps 64 MiB of changes.</summary>
    TooOld = 0,
    /// <summary>The silo has been started since, and has seen only what came after.</summary>
    SiloStarted = 1,
    /// <summary>The handler is slower than its changes come, and its buffer is full.</summary>
    SlowHandler = 2,
}

/// <summary>A hole in a subscription: what happened in it is not known, what comes behind it follows.</summary>
[GenerateSerializer, Immutable, Alias("actors.watch-gap")]
public sealed record WatchGap
{
    /// <summary>Why.</summary>
    [Id(0)] public WatchGapReason Reason { get; init; }

    /// <summary>The silo has the changes behind this zxid.</summary>
    [Id(1)] public long OldestZxid { get; init; }

    /// <summary>What comes behind this zxid follows; what is read at it or later is whole.</summary>
    [Id(2)] public long Zxid { get; init; }

    /// <summary>The watches it concerns.</summary>
    [Id(3)] public ImmutableArray<ZnodeWatch> Watches { get; init; } = [];
}
