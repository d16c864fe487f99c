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
    /// <summary>Bytes handed to the socket's queue at most; what is beyond waits where it is counted.</summary>
    private const int MaxUnsentEventBytes = 1 << 20;

    private EventBuffer _filling = new(); // under the gate
    private EventBuffer _draining = new(); // the connection's turn
    private long _eventsQueued;
    private long _eventsWritten;

    /// <summary>Events queued so far, sent or not.</summary>
    public long EventsQueued => Volatile.Read(ref _eventsQueued);

    /// <summary>An event of this connection's watches. Apply thread.</summary>
    public void OnEvent(long zxid, WatchEventType type, ReadOnlySpan<byte> path)
    {
        lock (_gate)
        {
            if (_filling.Bytes.Position > _services.Options.MaxQueuedEventBytes)
            {
                RequestClose("it does not read its watch events");
                return;
            }

            _filling.Bytes.WriteNotification(zxid, type, path);
            _filling.Ends.Enqueue(_filling.Bytes.Position);
            Volatile.Write(ref _eventsQueued, _eventsQueued + 1);
        }
    }

    /// <summary>Sends the events up to a number. On the connection's turn.</summary>
    public void WriteEvents(ReplySink sink, long upTo)
    {
        while (_eventsWritten < upTo)
        {
            if (_draining.Ends.Count == 0)
            {
                _draining.Clear();
                lock (_gate)
                {
                    (_filling, _draining) = (_draining, _filling);
                }
            }

            var end = _draining.Ends.Dequeue();
            sink.Write(_draining.Bytes.Written[_draining.WrittenTo..end]);
            _draining.WrittenTo = end;
            _eventsWritten++;
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
        if (!IsNextReplyComplete && sink.PendingBytes < MaxUnsentEventBytes)
        {
            WriteEvents(sink, queued);
        }
    }

    /// <summary>Events as bytes, and where each ends. Two take turns, so that neither grows while events keep coming.</summary>
    private sealed class EventBuffer
    {
        public JuteWriter Bytes { get; } = new();

        public Queue<int> Ends { get; } = new();

        public int WrittenTo { get; set; }

        public void Clear()
        {
            Bytes.Reset();
            WrittenTo = 0;
        }
    }
}
