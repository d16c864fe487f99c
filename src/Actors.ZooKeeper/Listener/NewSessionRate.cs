namespace Actors.ZooKeeper.Listener;

/// <summary>
/// How many sessions may be opened: a bucket that holds a second's worth and fills steadily, as ZooKeeper's connection throttle
/// (zookeeper.connection_throttle_tokens). Taking up a session that lives costs nothing. Any thread.
/// </summary>
internal sealed class NewSessionRate
{
    private readonly TimeProvider _time;
    private readonly int _perSecond;
    private readonly Lock _gate = new();
    private double _tokens;
    private long _filledAt;

    public NewSessionRate(int perSecond, TimeProvider time)
    {
        (_perSecond, _time, _tokens) = (perSecond, time, perSecond);
        _filledAt = time.GetTimestamp();
    }

    /// <summary>Whether one more may be opened now.</summary>
    public bool TryTake()
    {
        if (_perSecond == 0)
        {
            return true;
        }

        lock (_gate)
        {
            var now = _time.GetTimestamp();
            _tokens = Math.Min(_perSecond, _tokens + (_time.GetElapsedTime(_filledAt, now).TotalSeconds * _perSecond));
            _filledAt = now;
            if (_tokens < 1)
            {
                return false;
            }

            _tokens--;
            return true;
        }
    }
}
