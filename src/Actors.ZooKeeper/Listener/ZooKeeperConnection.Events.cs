using Actors.Model.Znodes;
using Actors.Net;
using Actors.ZooKeeper.Wire;

namespace Actors.ZooKeeper.Listener;

/// <summary>
/// Watch events on their way out. Each goes before whatever was answered after it and behind whatever was answered before it: a reply knows
/// how many events precede it.
/// </summary>
internal sealed partial class ZooKeeperConnection
{
    private readonly JuteWriter _events = new();
    private readonly Queue<int> _eventEnds = new();
    private long _eventsQueued;
    private long _eventsWritten;
    private int _writtenTo;

    /// <summary>Events queued so far, sent or not.</summary>
    public long EventsQueued => Volatile.Read(ref _eventsQueued);

    /// <summary>An event of this connection's watches. Apply thread.</summary>
    public void OnEvent(long zxid, WatchEventType type, ReadOnlySpan<byte> path)
    {
        lock (_gate)
        {
            _events.WriteNotification(zxid, type, path);
            _eventEnds.Enqueue(_events.Position);
            Volatile.Write(ref _eventsQueued, _eventsQueued + 1);
        }
    }

    /// <summary>Sends the events up to a number. On the connection's turn.</summary>
    public void WriteEvents(ReplySink sink, long upTo)
    {
        if (_eventsWritten >= upTo)
        {
            return;
        }

        lock (_gate)
        {
            while (_eventsWritten < upTo)
            {
                var end = _eventEnds.Dequeue();
                sink.Write(_events.Written[_writtenTo..end]);
                _writtenTo = end;
                _eventsWritten++;
            }

            if (_eventEnds.Count == 0)
            {
                _events.Reset();
                _writtenTo = 0;
            }
        }
    }

    protected override void WriteUnasked(ReplySink sink)
    {
        if (_word is { } word)
        {
            _word = null;
            sink.Write(System.Text.Encoding.ASCII.GetBytes(word));
            return;
        }

        // Counted before the look at the next reply: a reply that is completed in between has all of these before it.
        var queued = EventsQueued;
        if (!IsNextReplyComplete)
        {
            WriteEvents(sink, queued);
        }
    }
}
