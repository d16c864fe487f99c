using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Znodes;
using Actors.Net;
using Actors.ZooKeeper.Wire;

namespace Actors.ZooKeeper.Listener;

/// <summary>
/// One client: a handshake, then requests of one session, answered in their order. Requests are taken on the connection's turn; outcomes
/// come from the thread that applies commands.
/// <para>Gate: <c>_gate</c> guards which write is the last one under way, and the events that wait. It is held for moments, also by the
/// applying thread.</para>
/// </summary>
internal sealed partial class ZooKeeperConnection : Connection, ITreeSessionOwner
{
    private const int MaxKeptReplies = 128;

    private readonly ZooKeeperServices _services;
    private readonly Lock _gate = new();
    private readonly Stack<TreeReply> _spare = new();
    private readonly List<TreeReply> _reads = [];
    private TreeReply? _lastWrite;
    private SessionPulse? _pulse;
    private bool _hasWrites;
    private string? _word;
    private volatile bool _endsItself;
    private volatile bool _isGone;

    public ZooKeeperConnection(ConnectionContext context, ZooKeeperServices services)
        : base(context)
    {
        _services = services;
        Watcher = services.Tree.AddWatcher(this);
        _identities = [new ZnodeIdentity("ip", Remote?.Address.MapToIPv4IfMapped() ?? "127.0.0.1")];
    }

    /// <summary>The session; 0 before the handshake.</summary>
    public long SessionId { get; private set; }

    /// <summary>What it did so far.</summary>
    public ConnectionActivity Activity { get; } = new();

    /// <summary>Timeout of its session, ms; 0 before the handshake.</summary>
    public int TimeoutMs => _timeoutMs;

    /// <summary>Requests received since the statistics were reset.</summary>
    public long Received => Activity.Received(ReceivedRequests);

    /// <summary>Counts its requests anew.</summary>
    public void ResetActivity() => Activity.Reset(ReceivedRequests);

    /// <summary>Number of the connection among those that watch.</summary>
    public int Watcher { get; }

    /// <summary>It has closed: its number among the watchers may be another one's. Set before the number is given back.</summary>
    public bool IsGone => _isGone;

    private SessionCaller Caller => new(SessionId, Id, _identities);

    private ILocalTree Tree => _services.Tree;

    void ITreeSessionOwner.OnSessionEnded()
    {
        if (!_endsItself)
        {
            RequestClose("its session has ended");
        }
    }

    void ITreeSessionOwner.OnSessionMoved() => RequestClose("its session has moved to another connection");

    void ITreeSessionOwner.OnRoundEnd() => Wake();

    void ITreeSessionOwner.OnShortRoundEnd() => WakeAndSend();

    /// <summary>A write was applied, or never will be: reads that come from now on need not wait for it.</summary>
    public void OnApplied(TreeReply write)
    {
        lock (_gate)
        {
            if (_lastWrite == write)
            {
                _lastWrite = null;
            }
        }
    }

    /// <summary>A reply has been sent, or will never be: its place is free for another one.</summary>
    public void OnReplyLeft(TreeReply reply, bool sent, TimeSpan took)
    {
        if (sent)
        {
            _services.Latency.Note(took);
            Activity.Note(reply.Request.Type, reply.Request.Xid == Handshake ? 0 : reply.Request.Xid, reply.Zxid, CoarseNowMs, took);
        }

        if (sent && reply.Request.Xid == Handshake)
        {
            if (_endsItself)
            {
                BeginDrain();
            }
            else
            {
                ResumeFrames();
            }
        }
        else if (sent && reply.Request.Type == OpCode.CloseSession)
        {
            BeginDrain();
        }

        if (sent && _spare.Count < MaxKeptReplies)
        {
            _spare.Push(reply);
        }
    }

    protected override void OnFrame(LeaseSlice frame)
    {
        if (SessionId == 0)
        {
            Connect(frame);
            return;
        }

        var reader = new JuteReader(frame.Span);
        var request = RequestHeader.Read(ref reader);
        if (reader.IsFaulty)
        {
            throw new ConnectionFault($"a request of {frame.LengthBytes} bytes has no header");
        }

        _pulse!.Beat();
        Dispatch(request, frame, reader.Position);
    }

    protected override void OnFramesTaken()
    {
        if (_reads.Count > 0)
        {
            ExecuteReads();
        }

        if (_hasWrites)
        {
            _hasWrites = false;
            Tree.Send();
        }
    }

    protected override void OnClosed()
    {
        foreach (var read in _reads)
        {
            read.Drop();
        }

        _reads.Clear();
        _isGone = true;
        Tree.RemoveWatcher(Watcher);
    }

    protected override bool OnFirstBytes(ReadOnlySpan<byte> bytes)
    {
        if (FourLetterWord.TryAnswer(bytes[..4], _services) is not { } answer)
        {
            return false;
        }

        _word = answer;
        BeginDrain();
        return true;
    }

    protected override ConnectionDescription Describe() => new(
        Id, Remote?.ToString() ?? "", Local?.ToString() ?? "", SessionId == 0 ? "" : $"0x{SessionId:x}", "", "", Since, ReceivedBytes, SentBytes,
        ReceivedRequests);

    private TreeReply Begin(in RequestHeader request, int bodyStart, LeaseSlice frame)
    {
        var reply = _spare.TryPop(out var spare) ? spare : new TreeReply(this);
        reply.Begin(request, bodyStart, frame);
        Enqueue(reply);
        return reply;
    }

    /// <summary>A read: behind the session's own last write if that is under way, else at the end of the burst, before its later writes.</summary>
    private void Read(TreeReply read)
    {
        lock (_gate)
        {
            if (_lastWrite is not null)
            {
                _lastWrite.AddBehind(read);
                return;
            }
        }

        _reads.Add(read);
    }

    private void ExecuteReads()
    {
        var tree = Tree.BeginReads();
        try
        {
            foreach (var read in _reads)
            {
                read.Execute(tree);
            }
        }
        finally
        {
            Tree.EndReads();
            _reads.Clear();
        }
    }

    /// <summary>A write is about to be handed over: reads before it are executed first, later ones wait for it.</summary>
    private void BeforeWrite(TreeReply write)
    {
        if (_reads.Count > 0)
        {
            ExecuteReads();
        }

        lock (_gate)
        {
            _lastWrite = write;
        }

        _hasWrites = true;
    }
}
