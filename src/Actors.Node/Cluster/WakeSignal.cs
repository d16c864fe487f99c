namespace Actors.Node.Cluster;

/// <summary>Wakes one waiting thread; a wake that comes while nobody waits is kept. Needs no disposal, so it may come at any time.</summary>
internal sealed class WakeSignal
{
    private readonly object _lock = new();
    private bool _isSet;

    public void Set()
    {
        lock (_lock)
        {
            _isSet = true;
            Monitor.Pulse(_lock);
        }
    }

    public void Wait()
    {
        lock (_lock)
        {
            while (!_isSet)
            {
                Monitor.Wait(_lock);
            }

            _isSet = false;
        }
    }
}
