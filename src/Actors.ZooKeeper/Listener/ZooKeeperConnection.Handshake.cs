using System.Security.Cryptography;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Znodes;
using Actors.Net;
using Actors.ZooKeeper.Wire;

namespace Actors.ZooKeeper.Listener;

/// <summary>The first frame: a session is opened, or taken up again.</summary>
internal sealed partial class ZooKeeperConnection
{
    /// <summary>Stands for the handshake among the xids: no client uses it for a request.</summary>
    private const int Handshake = int.MinValue;

    private bool _knowsReadOnly;
    private int _timeoutMs;

    private void Connect(LeaseSlice frame)
    {
        if (!ConnectRequest.TryRead(frame.Span, out var request))
        {
            throw new ConnectionFault($"a first frame of {frame.LengthBytes} bytes is no request to connect");
        }

        if (!Tree.IsServing)
        {
            throw new ConnectionFault("the tree is not served here now");
        }

        if (request.LastZxidSeen > Tree.LastZxid)
        {
            throw new ConnectionFault($"the client has seen zxid 0x{request.LastZxidSeen:x}, this node is at 0x{Tree.LastZxid:x}");
        }

        if (request.SessionId == 0 && !_services.NewSessions.TryTake())
        {
            throw new ConnectionFault($"more than {_services.Options.MaxNewSessionsPerSecond} sessions are opened per second");
        }

        _knowsReadOnly = request.HasReadOnly;
        _timeoutMs = _services.Options.Negotiate(request.TimeoutMs);
        PauseFrames();
        var isNew = request.SessionId == 0;
        SessionId = isNew ? Tree.NewSessionId() : request.SessionId;
        var reply = Begin(new RequestHeader(Handshake, OpCode.CreateSession), 0, frame);
        if (!isNew && !Knows(request))
        {
            Refuse(reply);
            return;
        }

        BeforeWrite(reply);
        Tree.SubmitSession(isNew ? TreeSessionChange.Open : TreeSessionChange.Move, Caller, _timeoutMs, this, reply);
    }

    private bool Knows(in ConnectRequest request)
    {
        Span<byte> password = stackalloc byte[JuteLimits.PasswordBytes];
        Tree.WritePassword(request.SessionId, password);
        return CryptographicOperations.FixedTimeEquals(password, request.Password) && Tree.TryGetSession(request.SessionId, out _);
    }

    private void Refuse(TreeReply reply)
    {
        _endsItself = true;
        reply.Answer(_knowsReadOnly, static (writer, flag) => writer.WriteExpired(flag));
    }

    /// <summary>The answer to a handshake, made when its command is applied; false: the command is something else.</summary>
    public bool WriteSessionReply(TreeReply reply, ITreeOutcome outcome, JuteWriter writer)
    {
        if (reply.Request.Xid != Handshake)
        {
            return false;
        }

        if (outcome.Error != TreeErrorCode.Ok || !Tree.TryGetSession(SessionId, out var session))
        {
            _endsItself = true;
            writer.WriteExpired(_knowsReadOnly);
            return true;
        }

        _pulse = session.Pulse;
        Span<byte> password = stackalloc byte[JuteLimits.PasswordBytes];
        Tree.WritePassword(SessionId, password);
        writer.WriteConnectResponse(_timeoutMs, SessionId, password, _knowsReadOnly, isReadOnly: false);
        return true;
    }
}
