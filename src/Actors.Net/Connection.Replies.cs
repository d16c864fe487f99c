using System.Diagnostics;
using Actors.Net.Transports;

namespace Actors.Net;

// The sending half: replies wait in the order of their requests; the complete ones at the head are written together and go out
// in as few calls as the kernel takes.
public abstract partial class Connection
{
    private const int MaxSegmentsPerSend = 64;
    private const int MaxUnsentBytes = 1 << 20; // further replies stay unwritten, in their compact form

    private readonly ReplySink _sink;
    private Reply? _head;
    private Reply? _tail;
    private Reply? _signalled;
    private int _outstanding;
    private long _heldBytes;
    private long _bytesOut;
    private long _sentInTurn;
    private bool _writable = true;

    internal long BytesOut => Volatile.Read(ref _bytesOut);

    /// <summary>Requests that wait for their reply.</summary>
    public int Outstanding => _outstanding;

    /// <summary>Bytes sent.</summary>
    protected long SentBytes => BytesOut;

    /// <summary>Whether no new wait should begin: the listener is stopping.</summary>
    public bool IsStopping => _drainRequested;

    /// <summary>Whether the next reply is there and only waits to be written.</summary>
    protected bool IsNextReplyComplete => _head is { IsComplete: true };

    /// <summary>Takes the next place in the queue of replies. On the connection's turn, in the order of requests.</summary>
    protected void Enqueue(Reply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        reply.Enter(this);
        if (_tail is null)
        {
            _head = reply;
        }
        else
        {
            _tail.NextInQueue = reply;
        }

        _tail = reply;
        _outstanding++;
    }

    /// <summary>
    /// A reply took up (or, negative, gave back) memory beyond the node's budget for receiving. On the connection's turn.
    /// </summary>
    public void AddHeldBytes(long bytes)
    {
        _heldBytes += bytes;
        Debug.Assert(_heldBytes >= 0, "more held bytes were given back than taken");
    }

    internal void PushSignalled(Reply reply)
    {
        var seen = Volatile.Read(ref _signalled);
        while (true)
        {
            reply.NextSignalled = seen;
            var now = Interlocked.CompareExchange(ref _signalled, reply, seen);
            if (now == seen)
            {
                return;
            }

            seen = now;
        }
    }

    private void TakeSignals()
    {
        if (Volatile.Read(ref _signalled) is null)
        {
            return;
        }

        var reply = Interlocked.Exchange(ref _signalled, null);
        while (reply is not null)
        {
            var next = reply.NextSignalled;
            reply.NextSignalled = null;
            reply.TakeSignal();
            reply = next;
        }
    }

    private void SendReplies()
    {
        do
        {
            while (_head is { IsComplete: true } && _sink.PendingBytes < MaxUnsentBytes)
            {
                var reply = _head;
                _head = reply.NextInQueue;
                if (_head is null)
                {
                    _tail = null;
                }

                reply.NextInQueue = null;
                _outstanding--;
                reply.WriteTo(_sink);
                reply.Leave(sent: true);
            }

            if (_head is not { IsComplete: true })
            {
                WriteUnasked(_sink);
            }

            Send();
        }
        while (_head is { IsComplete: true } && _sink.PendingBytes < MaxUnsentBytes);
    }

    private void Send()
    {
        while (_sink.PendingBytes > 0 && Volatile.Read(ref _writable) && _sentInTurn < _limits.SliceBytes)
        {
            var segments = _sink.Segments;
            if (!IsHeadReady(segments[0]))
            {
                return;
            }

            Volatile.Write(ref _writable, false); // before the call: an event during it is not lost
            var sent = _transport.Send(segments.Length > MaxSegmentsPerSend ? segments[..MaxSegmentsPerSend] : segments);
            if (sent == ITransport.WouldBlock)
            {
                Volatile.Write(ref _stalledSinceMs, _set.CoarseNowMs);
                return;
            }

            Volatile.Write(ref _writable, true);
            _sink.Consume(sent);
            _sentInTurn += sent;
            Volatile.Write(ref _activeAtMs, _set.CoarseNowMs);
            Volatile.Write(ref _bytesOut, _bytesOut + sent);
            Volatile.Write(ref _stalledSinceMs, long.MaxValue);
        }
    }

    private void DrainReplies()
    {
        for (var reply = _head; reply is not null; reply = reply.NextInQueue)
        {
            if (!reply.IsComplete)
            {
                reply.OnDrain();
            }
        }
    }

    private void CloseReplies()
    {
        Volatile.Write(ref _signalled, null);
        _sink.Clear();
        while (_head is { } reply)
        {
            _head = reply.NextInQueue;
            reply.NextInQueue = null;
            _outstanding--;
            reply.Leave(sent: false);
        }

        _tail = null;
        _heldBytes = 0;
    }
}
