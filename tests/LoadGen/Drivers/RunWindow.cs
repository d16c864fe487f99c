namespace LoadGen.Drivers;

internal enum RunPhase
{
    WarmUp = 0,
    Measured = 1,
    Draining = 2,
}

/// <summary>
/// What all workers of one run share: the phase they are in and how much they may still send. A worker counts each reply
/// under the phase that holds when it arrives; in <see cref="RunPhase.Draining"/> nothing new is sent.
/// </summary>
internal sealed class RunWindow(long maxBytes, long maxRequests)
{
    private volatile int _phase;
    private long _bytesLeft = maxBytes;
    private long _requestsLeft = maxRequests;

    public RunPhase Phase
    {
        get => (RunPhase)_phase;
        set => _phase = (int)value;
    }

    /// <summary>Bytes that may still be sent.</summary>
    public long BytesLeft => Interlocked.Read(ref _bytesLeft);

    public long RequestsLeft => Interlocked.Read(ref _requestsLeft);

    /// <summary>Asks for leave to send requests of so many bytes in all; once refused, always refused.</summary>
    public bool TryTake(int requests, long bytes) =>
        Interlocked.Add(ref _bytesLeft, -bytes) >= 0 && Interlocked.Add(ref _requestsLeft, -requests) >= 0;
}
