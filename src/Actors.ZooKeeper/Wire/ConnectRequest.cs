namespace Actors.ZooKeeper.Wire;

/// <summary>
/// The first frame of a connection, without a header:
/// <code>
/// protocolVersion 4 | lastZxidSeen 8 | timeOut ms 4 | sessionId 8 | passwd length 4 and 16 bytes | readOnly 1, left out before 3.4
/// </code>
/// </summary>
public readonly ref struct ConnectRequest
{
    /// <summary>Version of the protocol: 0.</summary>
    public int ProtocolVersion { get; private init; }

    /// <summary>Greatest zxid the client has seen: a server that is behind it must not serve it.</summary>
    public long LastZxidSeen { get; private init; }

    /// <summary>Session timeout asked for, in ms.</summary>
    public int TimeoutMs { get; private init; }

    /// <summary>Session to take up again; 0: a new one.</summary>
    public long SessionId { get; private init; }

    /// <summary>The session's password.</summary>
    public ReadOnlySpan<byte> Password { get; private init; }

    /// <summary>Whether a read-only server would do.</summary>
    public bool AllowsReadOnly { get; private init; }

    /// <summary>Whether the client knows of read-only servers: then the answer has the flag too.</summary>
    public bool HasReadOnly { get; private init; }

    /// <summary>Reads it; false if the frame is none. Bytes behind it are ignored, as ZooKeeper does.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out ConnectRequest request)
    {
        var reader = new JuteReader(frame);
        var (version, zxid, timeoutMs, id) = (reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt64());
        var password = reader.ReadString();
        var hasReadOnly = reader.Remaining > 0;
        request = new ConnectRequest
        {
            ProtocolVersion = version,
            LastZxidSeen = zxid,
            TimeoutMs = timeoutMs,
            SessionId = id,
            Password = password,
            HasReadOnly = hasReadOnly,
            AllowsReadOnly = hasReadOnly && reader.ReadBool(),
        };
        return !reader.IsFaulty;
    }
}
