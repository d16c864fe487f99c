using System.Buffers.Binary;
using System.Text;
using Actors.Model.Znodes;
using Actors.Net.Transports;
using Actors.Tests.Net;
using Actors.ZooKeeper.Wire;

namespace Actors.Tests.TreeListener;

/// <summary>A reply or an event, as it came.</summary>
internal sealed record Answer(int Xid, long Zxid, TreeErrorCode Error, byte[] Body)
{
    public WatchEventType EventType => (WatchEventType)BinaryPrimitives.ReadInt32BigEndian(Body);

    public string EventPath => Encoding.UTF8.GetString(Body.AsSpan(12));

    /// <summary>The first string or buffer of the body.</summary>
    public string Text => Encoding.UTF8.GetString(Body.AsSpan(4, BinaryPrimitives.ReadInt32BigEndian(Body)));
}

/// <summary>One client of the wire protocol over an in-memory transport; says what a test wants to the byte.</summary>
#pragma warning disable CA1001 // a writer gives its buffer back when it is empty
internal sealed class TreeClient(InMemoryClient client)
#pragma warning restore CA1001
{
    private readonly JuteWriter _writer = new();
    private int _xid;

    public InMemoryClient Raw => client;

    public long SessionId { get; private set; }

    public byte[] Password { get; private set; } = new byte[16];

    public int TimeoutMs { get; private set; }

    /// <summary>Opens a session, or takes one up again. The answer: whether there is one.</summary>
    public async Task<bool> ConnectAsync(int timeoutMs = 10_000, long sessionId = 0, byte[]? password = null, long lastZxidSeen = 0)
    {
        SendConnect(timeoutMs, sessionId, password, lastZxidSeen);
        var answer = await NetHarness.ReceiveFrame(client);
        TimeoutMs = BinaryPrimitives.ReadInt32BigEndian(answer.AsSpan(4));
        SessionId = BinaryPrimitives.ReadInt64BigEndian(answer.AsSpan(8));
        Password = answer[20..36];
        return SessionId != 0;
    }

    public void SendConnect(int timeoutMs, long sessionId, byte[]? password, long lastZxidSeen)
    {
        var frame = _writer.BeginFrame();
        _writer.WriteInt32(0);
        _writer.WriteInt64(lastZxidSeen);
        _writer.WriteInt32(timeoutMs);
        _writer.WriteInt64(sessionId);
        _writer.WriteBytes(password ?? new byte[16]);
        _writer.WriteBool(false);
        Send(frame);
    }

    /// <summary>Sends a request; answers its xid.</summary>
    public int Send(OpCode type, Action<JuteWriter>? body = null, int? xid = null)
    {
        var frame = _writer.BeginFrame();
        _writer.WriteInt32(xid ?? ++_xid);
        _writer.WriteInt32((int)type);
        body?.Invoke(_writer);
        Send(frame);
        return xid ?? _xid;
    }

    public async Task<Answer> ReceiveAsync()
    {
        var frame = await NetHarness.ReceiveFrame(client);
        return new Answer(
            BinaryPrimitives.ReadInt32BigEndian(frame), BinaryPrimitives.ReadInt64BigEndian(frame.AsSpan(4)),
            (TreeErrorCode)BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(12)), frame[16..]);
    }

    /// <summary>Sends a request and takes its answer, which has to be the next thing that comes.</summary>
    public async Task<Answer> AskAsync(OpCode type, Action<JuteWriter>? body = null)
    {
        var xid = Send(type, body);
        var answer = await ReceiveAsync();
        Assert.Equal(xid, answer.Xid);
        return answer;
    }

    public Task<Answer> CreateAsync(string path, string data = "", CreateMode mode = CreateMode.Persistent) =>
        AskAsync(OpCode.Create, Create(path, data, mode));

    public Task<Answer> GetAsync(string path, bool watch = false) => AskAsync(OpCode.GetData, Watchable(path, watch));

    public static Action<JuteWriter> Create(string path, string data = "", CreateMode mode = CreateMode.Persistent) => writer =>
    {
        writer.WriteString(path);
        writer.WriteString(data);
        writer.WriteInt32(1);
        writer.WriteInt32((int)ZnodePermissions.All);
        writer.WriteString("world");
        writer.WriteString("anyone");
        writer.WriteInt32((int)mode);
    };

    public static Action<JuteWriter> Watchable(string path, bool watch) => writer =>
    {
        writer.WriteString(path);
        writer.WriteBool(watch);
    };

    public static Action<JuteWriter> SetData(string path, string data, int version = -1) => writer =>
    {
        writer.WriteString(path);
        writer.WriteString(data);
        writer.WriteInt32(version);
    };

    public static Action<JuteWriter> PathAndNumber(string path, int number) => writer =>
    {
        writer.WriteString(path);
        writer.WriteInt32(number);
    };

    private void Send(int frame)
    {
        _writer.EndFrame(frame);
        client.Send(_writer.Written);
        _writer.Reset();
    }
}
