namespace Actors.Storage.Cleaning;

/// <summary>A cleaning was told to stop: its log is being closed, or the directory.</summary>
internal sealed class CleaningStoppedException() : Exception("the cleaning was stopped");

/// <summary>How fast a cleaning may go, and whether it is to stop. Counted by the cleaner's thread, stopped by any.</summary>
internal sealed class CleaningPace(long maxBytesPerSecond, TimeProvider time) : IDisposable
{
    /// <summary>Longest pause at a time.</summary>
    private const int LongestPauseMs = 1000;

    private readonly ManualResetEventSlim _stop = new();
    private readonly long _begun = time.GetTimestamp();

    /// <summary>Bytes read and written.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whether the cleaning is to end as it is.</summary>
    public bool IsStopped => _stop.IsSet;

    /// <summary>Ends the cleaning at its next step.</summary>
    public void Stop() => _stop.Set();

    /// <summary>Counts bytes read or written; waits where they came faster than allowed.</summary>
    /// <exception cref="CleaningStoppedException">It is to end.</exception>
    public void Count(int bytes)
    {
        Bytes += bytes;
        var isStopped = IsStopped;
        if (maxBytesPerSecond < long.MaxValue && !isStopped)
        {
            var aheadMs = (Bytes * 1000.0 / maxBytesPerSecond) - time.GetElapsedTime(_begun).TotalMilliseconds;
            isStopped = aheadMs >= 1 && _stop.Wait((int)Math.Min(aheadMs, LongestPauseMs));
        }

        if (isStopped)
        {
            throw new CleaningStoppedException();
        }
    }

    public void Dispose() => _stop.Dispose();
}
