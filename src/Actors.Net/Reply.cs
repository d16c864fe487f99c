namespace Actors.Net;

/// <summary>
/// A request's place in its connection's queue of replies. Places are taken in the order of requests, replies are sent in that order,
/// whenever each is completed. All members but <see cref="Complete"/> and <see cref="Signal"/> run on the connection's own turn, so
/// that a reply needs no lock of its own.
/// </summary>
public abstract class Reply
{
    private volatile bool _complete;
    private int _signalled;
    private Connection? _connection;

    internal Reply? NextInQueue { get; set; }

    internal Reply? NextSignalled { get; set; }

    /// <summary>The connection it belongs to while it is queued.</summary>
    protected Connection Connection => _connection ?? throw new InvalidOperationException("The reply is not queued.");

    /// <summary>Whether it is in a connection's queue.</summary>
    protected bool IsQueued => _connection is not null;

    /// <summary>Whether it may be sent.</summary>
    public bool IsComplete => _complete;

    /// <summary>
    /// When <see cref="OnDeadline"/> is called if it is still not complete, on the connection's coarse clock
    /// (<see cref="Connection.CoarseNowMs"/>); <see cref="long.MaxValue"/>: never. Only the head of the queue is looked at.
    /// </summary>
    public long DeadlineMs { get; protected set; } = long.MaxValue;

    /// <summary>
    /// Marks it as ready to be sent; the connection sends it at its next turn. Any thread; <see cref="WakeConnection"/> comes next.
    /// </summary>
    protected void Complete() => _complete = true;

    /// <summary>Gives the connection a turn. Any thread, also after the connection has closed.</summary>
    protected void WakeConnection() => _connection?.Wake();

    /// <summary>
    /// Asks for <see cref="OnSignal"/> at the connection's next turn. True: the caller owes one <see cref="WakeConnection"/>.
    /// </summary>
    protected bool Signal()
    {
        if (Interlocked.Exchange(ref _signalled, 1) != 0)
        {
            return false;
        }

        _connection?.PushSignalled(this);
        return true;
    }

    /// <summary>Writes the reply's bytes. Called once, when it is complete and all before it are written.</summary>
    protected internal abstract void WriteTo(ReplySink sink);

    /// <summary>The connection's turn that <see cref="Signal"/> asked for.</summary>
    protected internal virtual void OnSignal()
    {
    }

    /// <summary>The deadline has passed.</summary>
    protected internal virtual void OnDeadline()
    {
    }

    /// <summary>The listener is stopping: answer what can be answered now, without waiting longer.</summary>
    protected internal virtual void OnDrain()
    {
    }

    /// <summary>
    /// It left the queue: written, or (<paramref name="sent"/> false) the connection closed. Gives up whatever it still holds.
    /// </summary>
    protected internal virtual void OnLeft(bool sent)
    {
    }

    internal void Enter(Connection connection)
    {
        _connection = connection;
        _complete = false;
        _signalled = 0;
        NextInQueue = null;
    }

    internal void TakeSignal()
    {
        Volatile.Write(ref _signalled, 0);
        OnSignal();
    }

    internal void Leave(bool sent)
    {
        OnLeft(sent);
    }
}
