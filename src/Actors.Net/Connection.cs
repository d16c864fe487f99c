using System.Net;
using Actors.Model.Leases;
using Actors.Net.Transports;
using Microsoft.Extensions.Logging;

namespace Actors.Net;

/// <summary>What a connection is made of.</summary>
/// <param name="Transport">The byte stream.</param>
/// <param name="Limits">Its limits.</param>
/// <param name="Pool">The node's leases.</param>
/// <param name="Set">The listener's connections.</param>
/// <param name="Logger">Where faults are logged.</param>
public sealed record ConnectionContext(ITransport Transport, NetLimits Limits, LeasePool Pool, ConnectionSet Set, ILogger Logger);

/// <summary>
/// One connection: receives frames into leases, hands them to the protocol, sends replies in the order of requests. All of it
/// happens in <em>turns</em>: whatever occurs (bytes, room to send, a completed append, a deadline) calls <see cref="Wake"/>, and at
/// most one turn runs at a time, on whichever thread. So nothing in here is locked, and a connection that has nothing to do holds
/// no lease, no thread and no timer.
/// </summary>
public abstract partial class Connection : IThreadPoolWorkItem, ITransportEvents
{
    private const int MaxTurnsInARow = 16;

    private readonly ITransport _transport;
    private readonly NetLimits _limits;
    private readonly LeasePool _pool;
    private readonly ConnectionSet _set;
    private readonly ILogger _logger;
    private int _wakes;
    private bool _closed;
    private volatile string? _closeRequest;
    private volatile bool _drainRequested;
    private volatile bool _tickDue;
    private bool _draining;

    /// <summary>A connection over a transport; <see cref="Start"/> gives it its first turn.</summary>
    protected Connection(ConnectionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _transport = context.Transport;
        _limits = context.Limits;
        _pool = context.Pool;
        _set = context.Set;
        _logger = context.Logger;
        _sink = new ReplySink(_pool);
        Id = _set.NextId();
        Since = _set.Time.GetUtcNow();
        _activeAtMs = _set.CoarseNowMs;
    }

    /// <summary>Number of the connection on its listener.</summary>
    public long Id { get; }

    /// <summary>When it was accepted.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>The peer's address.</summary>
    public IPEndPoint? Remote => _transport.Remote;

    /// <summary>The address on which it arrived.</summary>
    public IPEndPoint? Local => _transport.Local;

    /// <summary>The listener's coarse clock, in ms: late by up to one tick.</summary>
    public long CoarseNowMs => _set.CoarseNowMs;

    /// <summary>Whether the connection is closed.</summary>
    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Where the protocol logs.</summary>
    protected ILogger Logger => _logger;

    /// <summary>The node's leases.</summary>
    protected LeasePool Pool => _pool;

    /// <summary>The clock.</summary>
    protected TimeProvider Time => _set.Time;

    /// <summary>
    /// One request, without its length field. The connection's reference keeps the lease alive during the call; whoever keeps bytes
    /// longer adds one. Throws <see cref="ConnectionFault"/> to close.
    /// </summary>
    protected abstract void OnFrame(LeaseSlice frame);

    /// <summary>
    /// The first bytes of the connection, before any frame: a protocol whose clients may begin with something else takes them here and
    /// answers true; nothing is read as a frame then. Called until it answers false with at least four bytes at hand.
    /// </summary>
    protected virtual bool OnFirstBytes(ReadOnlySpan<byte> bytes) => false;

    /// <summary>The frames that were there have been handed over; others may come in the same turn. What they left to do together is done now.</summary>
    protected virtual void OnFramesTaken()
    {
    }

    /// <summary>
    /// Every reply that may be sent is written, and the next one is not there yet: what nobody asked for, such as an event, goes out here.
    /// </summary>
    protected virtual void WriteUnasked(ReplySink sink)
    {
    }

    /// <summary>What the connection looks like now.</summary>
    protected internal abstract ConnectionDescription Describe();

    /// <summary>The connection has closed; its replies have left already.</summary>
    protected virtual void OnClosed()
    {
    }

    /// <summary>Enters the listener's set and asks the transport for bytes.</summary>
    public void Start()
    {
        _transport.Start(this);
        _set.Add(this);
        Wake();
    }

    /// <summary>Asks for a turn. Any thread; however often it is called before the turn begins, there is one.</summary>
    public void Wake()
    {
        if (Interlocked.Increment(ref _wakes) == 1)
        {
            _transport.Schedule(this);
        }
    }

    /// <summary>
    /// As <see cref="Wake"/>, but replies that are complete are sent on this thread if nobody has the turn: a hand-over less, at the cost of a
    /// system call for whoever completes them. Whatever else there is to do gets a turn as usual. Any thread.
    /// </summary>
    public void WakeAndSend()
    {
        if (Interlocked.Increment(ref _wakes) != 1)
        {
            return; // whoever has the turn, or will have it, sees what is complete
        }

        if (!HasMoreThanReplies && !GuardedTurn(sendsOnly: true) && Interlocked.Decrement(ref _wakes) == 0)
        {
            return;
        }

        _transport.Schedule(this);
    }

    /// <summary>Closes at the next turn, with a reason for the log. Any thread.</summary>
    public void RequestClose(string reason)
    {
        _closeRequest = reason;
        Wake();
    }

    /// <summary>Answers what is pending, receives no more, then closes. Any thread.</summary>
    protected internal void BeginDrain()
    {
        _drainRequested = true;
        Wake();
    }

    void ITransportEvents.OnReadable()
    {
        Volatile.Write(ref _readable, true);
        TurnHere();
    }

    void ITransportEvents.OnWritable()
    {
        Volatile.Write(ref _writable, true);
        TurnHere();
    }

    void IThreadPoolWorkItem.Execute()
    {
        var seen = Volatile.Read(ref _wakes);
        for (var turns = 1; ; turns++)
        {
            if (GuardedTurn(sendsOnly: false) || turns == MaxTurnsInARow)
            {
                _transport.Schedule(this); // _wakes stays above 0: nobody else schedules meanwhile
                return;
            }

            seen = Interlocked.Add(ref _wakes, -seen);
            if (seen == 0)
            {
                return;
            }
        }
    }

    private void TurnHere()
    {
        if (Interlocked.Increment(ref _wakes) == 1)
        {
            ((IThreadPoolWorkItem)this).Execute();
        }
    }

    /// <summary>Whether a turn would do other things than send replies. By who has the turn.</summary>
    private bool HasMoreThanReplies =>
        _closed || _closeRequest is not null || _tickDue || _drainRequested || _stoppedByPressure || _framesPaused || Volatile.Read(ref _readable);

    /// <summary>True: there is more to do, others first.</summary>
    private bool GuardedTurn(bool sendsOnly)
    {
        if (_closed)
        {
            return false;
        }

        try
        {
            return sendsOnly ? SendTurn() : Turn();
        }
        catch (ConnectionFault fault)
        {
            LogFault(Id, Remote, fault.Message);
            _set.CountFault();
            Close();
        }
        catch (IOException broken)
        {
            LogBroken(Id, Remote, broken.Message);
            Close();
        }
#pragma warning disable CA1031 // a bug must end this connection only, and be seen
        catch (Exception bug)
#pragma warning restore CA1031
        {
            LogBug(bug, Id, Remote);
            Close();
        }

        return false;
    }

    private bool Turn()
    {
        if (_closeRequest is { } reason)
        {
            throw new ConnectionFault(reason);
        }

        if (_tickDue)
        {
            _tickDue = false;
            CheckDeadlines(_set.CoarseNowMs);
        }

        if (_drainRequested && !_draining)
        {
            _draining = true;
            DrainReplies();
        }

        _sentInTurn = 0;
        TakeSignals();
        SendReplies();
        var more = ReceiveFrames();
        if (_closed)
        {
            return false;
        }

        SendReplies();
        more |= _stoppedByPressure && MayHandle; // what was just sent made room again
        more |= _sink.PendingBytes > 0 && _sentInTurn >= _limits.SliceBytes && Volatile.Read(ref _writable);
        if (_draining && !more && _outstanding == 0 && _sink.PendingBytes == 0)
        {
            Close();
            return false;
        }

        if (!more)
        {
            Rest();
        }

        return more;
    }

    /// <summary>The sending half of a turn. True: the rest of what there is to do needs a whole one.</summary>
    private bool SendTurn()
    {
        _sentInTurn = 0;
        TakeSignals();
        SendReplies();
        return _sink.PendingBytes > 0;
    }

    /// <summary>The end of a turn: gives back what an idle connection does not need and asks for the next event.</summary>
    private void Rest()
    {
        RestReceiver();
        if (_sink.PendingBytes > 0 && !_writable)
        {
            _transport.WantWritable();
        }
    }

    private void Close()
    {
        if (_closed)
        {
            return;
        }

        Volatile.Write(ref _closed, true);
        _transport.Close();
        CloseReceiver();
        CloseReplies();
        _set.Remove(this);
        OnClosed();
    }

    [LoggerMessage(1001, LogLevel.Information, "Connection {Id} from {Remote} closed: {Reason}")]
    private partial void LogFault(long id, IPEndPoint? remote, string reason);

    [LoggerMessage(1002, LogLevel.Debug, "Connection {Id} from {Remote} broke: {Reason}")]
    private partial void LogBroken(long id, IPEndPoint? remote, string reason);

    [LoggerMessage(1003, LogLevel.Error, "Connection {Id} from {Remote} closed by a fault of this server")]
    private partial void LogBug(Exception bug, long id, IPEndPoint? remote);
}
