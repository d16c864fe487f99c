namespace Actors.Groups.Classic;

/// <summary>
/// All deadlines of a machine. A deadline that is put off, as every heartbeat does, is not touched in the queue: it comes up at its
/// old time and goes back. So an idle member costs one step per session timeout, not one per heartbeat.
/// </summary>
internal sealed class DeadlineQueue
{
    private readonly PriorityQueue<Deadline, long> _queue = new();

    /// <summary>Entries in the queue, those of past times included.</summary>
    public int Count => _queue.Count;

    /// <summary>When the next entry comes up, or <see cref="Deadline.Never"/>.</summary>
    public long NextAtMs => _queue.TryPeek(out _, out var at) ? at : Deadline.Never;

    /// <summary>Sets or moves a deadline.</summary>
    public void Set(Deadline deadline, long atMs)
    {
        deadline.AtMs = atMs;
        if (atMs < deadline.QueuedAtMs)
        {
            deadline.QueuedAtMs = atMs;
            _queue.Enqueue(deadline, atMs);
        }
    }

    /// <summary>Calls a deadline off.</summary>
    public static void Cancel(Deadline deadline) => deadline.AtMs = Deadline.Never;

    /// <summary>The next deadline that is due at <paramref name="nowMs"/>, called off by being taken; false: none is.</summary>
    public bool TryTake(long nowMs, out Deadline due)
    {
        while (_queue.TryPeek(out due!, out var at) && at <= nowMs)
        {
            _queue.Dequeue();
            if (due.QueuedAtMs != at)
            {
                continue; // it was moved forward since; its other entry counts
            }

            due.QueuedAtMs = Deadline.Never;
            if (due.AtMs <= nowMs)
            {
                due.AtMs = Deadline.Never;
                return true;
            }

            if (due.AtMs != Deadline.Never)
            {
                Set(due, due.AtMs);
            }
        }

        return false;
    }
}
