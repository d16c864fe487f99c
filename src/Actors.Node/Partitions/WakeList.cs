using Actors.Model.Ports;

namespace Actors.Node.Partitions;

/// <summary>
/// Those to wake at the end of a round, once each: a waiter asks for its wake with the first thing it is told in a round.
/// Used by one thread at a time.
/// </summary>
internal sealed class WakeList
{
    private readonly List<IAppendWaiter> _append = [];
    private readonly List<IProgressWaiter> _progress = [];

    public void Add(IAppendWaiter waiter) => _append.Add(waiter);

    public void Add(IProgressWaiter waiter) => _progress.Add(waiter);

    /// <summary>Wakes everybody and forgets them. Never called under a partition's lock.</summary>
    public void WakeAll()
    {
        foreach (var waiter in _append)
        {
            waiter.Wake();
        }

        foreach (var waiter in _progress)
        {
            waiter.Wake();
        }

        _append.Clear();
        _progress.Clear();
    }
}
