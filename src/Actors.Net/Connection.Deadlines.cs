namespace Actors.Net;

// Deadlines on the listener's one coarse ticker: the ticker only looks, the connection's own turn decides.
public abstract partial class Connection
{
    private long _activeAtMs;
    private long _frameSinceMs = long.MaxValue;
    private long _frameDeadlineMs;
    private long _stalledSinceMs = long.MaxValue;

    internal void OnTick(long nowMs)
    {
        var due = IsPast(Volatile.Read(ref _frameSinceMs), Volatile.Read(ref _frameDeadlineMs), nowMs)
            || IsPast(Volatile.Read(ref _stalledSinceMs), _limits.WriteStallMs, nowMs)
            || nowMs - Volatile.Read(ref _activeAtMs) >= _limits.IdleMs
            || (_limits.FirstBytesMs > 0 && Volatile.Read(ref _isFirst) && nowMs - Volatile.Read(ref _activeAtMs) >= _limits.FirstBytesMs)
            || Volatile.Read(ref _head) is { IsComplete: false } head && head.DeadlineMs <= nowMs;
        if (due)
        {
            _tickDue = true;
            Wake();
        }
    }

    private static bool IsPast(long sinceMs, long limitMs, long nowMs) => sinceMs != long.MaxValue && nowMs - sinceMs >= limitMs;

    private void CheckDeadlines(long nowMs)
    {
        // A frame that waits because we do not receive (a pause, the budget) is not the peer's fault.
        if (MayHandle && Volatile.Read(ref _waitingForSpace) == 0 && IsPast(_frameSinceMs, _frameDeadlineMs, nowMs))
        {
            throw new ConnectionFault($"a frame was not complete {nowMs - _frameSinceMs} ms after its first byte");
        }

        if (IsPast(_stalledSinceMs, _limits.WriteStallMs, nowMs) && _sink.PendingBytes > 0)
        {
            throw new ConnectionFault($"the peer has read nothing for {nowMs - _stalledSinceMs} ms");
        }

        if (_outstanding == 0 && nowMs - _activeAtMs >= _limits.IdleMs)
        {
            throw new ConnectionFault($"idle for {nowMs - _activeAtMs} ms");
        }

        if (_limits.FirstBytesMs > 0 && _isFirst && nowMs - _activeAtMs >= _limits.FirstBytesMs)
        {
            throw new ConnectionFault($"it has said nothing for {nowMs - _activeAtMs} ms");
        }

        for (var reply = _head; reply is { IsComplete: false } && reply.DeadlineMs <= nowMs; reply = reply.NextInQueue)
        {
            reply.OnDeadline();
        }
    }

    private void BeginFrameDeadline()
    {
        if (_end == _start)
        {
            Volatile.Write(ref _frameSinceMs, long.MaxValue);
            return;
        }

        Volatile.Write(ref _frameDeadlineMs, _limits.FrameDeadlineMs + _frameBytes * 1000L / _limits.MinFrameBytesPerSecond);
        if (_frameSinceMs == long.MaxValue)
        {
            Volatile.Write(ref _frameSinceMs, _set.CoarseNowMs);
        }
    }
}
