namespace LoadGen.Platform;

/// <summary>What a server has cost so far: a process of its own, or the bare loop's threads in this one.</summary>
internal interface IServerMeter
{
    /// <summary>CPU used so far, seconds.</summary>
    double CpuSeconds { get; }

    /// <summary>Resident memory now.</summary>
    long ResidentBytes { get; }
}
