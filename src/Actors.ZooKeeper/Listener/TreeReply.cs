using System.Buffers.Binary;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Znodes;
using Actors.Net;
using Actors.ZooKeeper.Wire;

namespace Actors.ZooKeeper.Listener;

/// <summary>
/// One request's place among the replies of its session. A write is answered when it is applied; a read at once, or behind the write of
/// its own session that is still under way, by whoever applies that. Either way its bytes are made while the tree is at rest.
/// </summary>
internal sealed class TreeReply : Reply, ITreeReply
{
    [ThreadStatic]
    private static JuteWriter? t_writer;

    private readonly ZooKeeperConnection _connection;
    private readonly List<TreeReply> _behind = [];
    private byte[] _bytes = [];
    private int _lengthBytes;
    private long _eventsBefore;
    private long _beganAt;
    private LeaseSlice _frame;
    private OpCode[] _operations = [];
    private int _frameHolders;

    public TreeReply(ZooKeeperConnection connection) => _connection = connection;

    /// <summary>The request.</summary>
    public RequestHeader Request { get; private set; }

    /// <summary>Where the body of the request begins in its frame.</summary>
    public int BodyStart { get; private set; }

    /// <summary>
    /// The request's frame. Two hold it: the place in the queue and the execution, which may come after the connection has closed.
    /// </summary>
    public ReadOnlySpan<byte> Frame => _frame.Span;

    /// <summary>Operations of a multi, in order.</summary>
    public ReadOnlySpan<OpCode> Operations => _operations;

    /// <summary>zxid in the reply's header; 0 of a handshake, which has none.</summary>
    public long Zxid => Request.Type == OpCode.CreateSession || _lengthBytes < 16 ? 0 : BinaryPrimitives.ReadInt64BigEndian(_bytes.AsSpan(8));

    /// <summary>A new request takes the place; a read keeps its frame until it is executed.</summary>
    public void Begin(in RequestHeader request, int bodyStart, LeaseSlice frame)
    {
        (Request, BodyStart) = (request, bodyStart);
        _lengthBytes = 0;
        _beganAt = System.Diagnostics.Stopwatch.GetTimestamp();
        _frame = frame;
        _frame.AddReference();
        _frameHolders = 2;
    }

    /// <summary>Notes the operations of a multi, whose answers take their types from them.</summary>
    public void SetOperations(OpCode[] operations) => _operations = operations;

    /// <summary>A read of the same session waits for this write. Under the connection's gate.</summary>
    public void AddBehind(TreeReply read) => _behind.Add(read);

    /// <summary>Executes the read; one that waited behind a write may have outlived its connection, and then leaves no watch behind.</summary>
    public void Execute(ITreeView tree)
    {
        if (_connection.IsGone)
        {
            Drop();
            return;
        }

        var writer = t_writer ??= new JuteWriter();
        var frame = writer.BeginFrame();
        ReadExecution.Write(writer, this, _connection, tree);
        Finish(writer, frame);
    }

    /// <summary>Answers with a header alone.</summary>
    public void Answer(TreeErrorCode error, long zxid)
    {
        var writer = t_writer ??= new JuteWriter();
        var frame = writer.BeginFrame();
        writer.WriteReplyHeader(Request.Xid, zxid, error);
        Finish(writer, frame);
    }

    /// <summary>Answers with a frame that is made here.</summary>
    public void Answer<TState>(TState state, Action<JuteWriter, TState> write)
    {
        var writer = t_writer ??= new JuteWriter();
        write(writer, state);
        Take(writer);
    }

    ITreeSessionOwner? ITreeReply.OnApplied(ITreeOutcome outcome, ITreeView tree)
    {
        _connection.OnApplied(this);
        var writer = t_writer ??= new JuteWriter();
        if (!_connection.WriteSessionReply(this, outcome, writer))
        {
            var frame = writer.BeginFrame();
            WriteReplies.Write(writer, this, outcome);
            writer.EndFrame(frame);
        }

        Keep(writer);
        foreach (var read in _behind)
        {
            read.Execute(tree);
        }

        // Last: from here on the connection may send it and use it for another request.
        var connection = _connection;
        _behind.Clear();
        LetFrameGo();
        Complete();
        return connection;
    }

    void ITreeReply.OnLost()
    {
        _connection.OnApplied(this);
        foreach (var read in _behind)
        {
            read.Drop();
        }

        _behind.Clear();
        Drop();
        _connection.RequestClose("its write's outcome will not be known here");
    }

    /// <summary>It will not be executed.</summary>
    public void Drop() => LetFrameGo();

    protected override void WriteTo(ReplySink sink)
    {
        _connection.WriteEvents(sink, _eventsBefore);
        sink.Write(_bytes.AsSpan(0, _lengthBytes));
    }

    protected override void OnLeft(bool sent)
    {
        LetFrameGo();
        _connection.OnReplyLeft(this, sent, System.Diagnostics.Stopwatch.GetElapsedTime(_beganAt));
    }

    private void Finish(JuteWriter writer, int frame)
    {
        writer.EndFrame(frame);
        Take(writer);
    }

    private void Take(JuteWriter writer)
    {
        Keep(writer);
        LetFrameGo();
        Complete();
    }

    private void LetFrameGo()
    {
        if (Interlocked.Decrement(ref _frameHolders) == 0)
        {
            _frame.Release();
            _frame = default;
        }
    }

    private void Keep(JuteWriter writer)
    {
        var written = writer.Written;
        if (_bytes.Length < written.Length)
        {
            _bytes = new byte[Math.Max(128, written.Length)];
        }

        written.CopyTo(_bytes);
        _lengthBytes = written.Length;
        writer.Reset();
        _eventsBefore = _connection.EventsQueued;
    }
}
