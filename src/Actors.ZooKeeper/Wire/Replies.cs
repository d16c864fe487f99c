using Actors.Model.Znodes;

namespace Actors.ZooKeeper.Wire;

/// <summary>Whole frames that a server sends, and the pieces that several have in common.</summary>
public static class Replies
{
    private const int StateSyncConnected = 3;

    /// <summary>
    /// The answer to a <see cref="ConnectRequest"/>: <c>protocolVersion 4 | timeOut ms 4 | sessionId 8 | passwd 4 and 16 | readOnly 1</c>.
    /// A session that is over is told by a timeout and an id of 0.
    /// </summary>
    public static void WriteConnectResponse(
        this JuteWriter writer, int timeoutMs, long sessionId, ReadOnlySpan<byte> password, bool withReadOnly, bool isReadOnly)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentOutOfRangeException.ThrowIfNotEqual(password.Length, JuteLimits.PasswordBytes);
        var frame = writer.BeginFrame();
        writer.WriteInt32(0);
        writer.WriteInt32(timeoutMs);
        writer.WriteInt64(sessionId);
        writer.WriteBytes(password);
        if (withReadOnly)
        {
            writer.WriteBool(isReadOnly);
        }

        writer.EndFrame(frame);
    }

    /// <summary>The answer to a request for a session that is over or was never opened with this password.</summary>
    public static void WriteExpired(this JuteWriter writer, bool withReadOnly)
    {
        Span<byte> none = stackalloc byte[JuteLimits.PasswordBytes];
        none.Clear();
        writer.WriteConnectResponse(0, 0, none, withReadOnly, isReadOnly: false);
    }

    /// <summary>A reply without a body.</summary>
    public static void WriteReply(this JuteWriter writer, int xid, long zxid, TreeErrorCode error)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var frame = writer.BeginFrame();
        writer.WriteReplyHeader(xid, zxid, error);
        writer.EndFrame(frame);
    }

    /// <summary>A watch event: header with xid -1, then <c>type 4 | state 4 | path</c>. The zxid is the event's (ZOOKEEPER-4655).</summary>
    public static void WriteNotification(this JuteWriter writer, long zxid, WatchEventType type, ReadOnlySpan<byte> path)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var frame = writer.BeginFrame();
        writer.WriteReplyHeader(SpecialXids.Notification, zxid, TreeErrorCode.Ok);
        writer.WriteInt32((int)type);
        writer.WriteInt32(StateSyncConnected);
        writer.WriteBytes(path);
        writer.EndFrame(frame);
    }

    /// <summary>Before an operation's result in a multi's answer.</summary>
    public static void WriteMultiHeader(this JuteWriter writer, OpCode type, TreeErrorCode error = TreeErrorCode.Ok)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32((int)type);
        writer.WriteBool(false);
        writer.WriteInt32((int)error);
    }

    /// <summary>An operation of a multi that failed, or was not done because another one failed: header of type -1 and the code.</summary>
    public static void WriteMultiError(this JuteWriter writer, TreeErrorCode error)
    {
        writer.WriteMultiHeader(OpCode.Error, error);
        writer.WriteInt32((int)error);
    }

    /// <summary>The end of a multi's answer.</summary>
    public static void WriteMultiEnd(this JuteWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteInt32((int)OpCode.Error);
        writer.WriteBool(true);
        writer.WriteInt32(-1);
    }
}
