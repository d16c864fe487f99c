using Actors.ZooKeeper.Wire;

namespace Actors.ZooKeeper.Listener;

/// <summary>
/// What one connection did, as the words <c>cons</c> and <c>stat</c> tell it. Noted on the connection's turn; read and reset by whoever asks,
/// who may see a request half noted.
/// </summary>
internal sealed class ConnectionActivity
{
    private long _sumMs;
    private long _receivedBefore;

    /// <summary>Replies sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Type of the last request answered.</summary>
    public OpCode LastOperation { get; private set; } = OpCode.Error;

    /// <summary>Its xid; -1: there is none.</summary>
    public int LastXid { get; private set; } = -1;

    /// <summary>zxid of the last reply; -1: there is none.</summary>
    public long LastZxid { get; private set; } = -1;

    /// <summary>When the last reply was sent, in ms of the listener's clock.</summary>
    public long LastReplyMs { get; private set; }

    /// <summary>How long the last one took, ms.</summary>
    public long LastMs { get; private set; }

    /// <summary>How long the fastest took, ms.</summary>
    public long LeastMs { get; private set; }

    /// <summary>How long the slowest took, ms.</summary>
    public long GreatestMs { get; private set; }

    /// <summary>How long they took on average, ms.</summary>
    public long MeanMs => Sent == 0 ? 0 : _sumMs / Sent;

    /// <summary>A request was answered.</summary>
    public void Note(OpCode operation, int xid, long zxid, long nowMs, TimeSpan took)
    {
        var tookMs = (long)took.TotalMilliseconds;
        (LastOperation, LastXid, LastZxid, LastReplyMs, LastMs) = (operation, xid, zxid, nowMs, tookMs);
        LeastMs = Sent == 0 ? tookMs : Math.Min(LeastMs, tookMs);
        GreatestMs = Math.Max(GreatestMs, tookMs);
        _sumMs += tookMs;
        Sent++;
    }

    /// <summary>Begins anew (crst).</summary>
    public void Reset(long received)
    {
        (_receivedBefore, Sent, _sumMs, LeastMs, GreatestMs) = (received, 0, 0, 0, 0);
        (LastOperation, LastXid, LastZxid, LastReplyMs, LastMs) = (OpCode.Error, -1, -1, 0, 0);
    }

    /// <summary>Of so many requests since the connection began, those since the reset.</summary>
    public long Received(long sinceStart) => sinceStart - _receivedBefore;

    /// <summary>The operation as ZooKeeper abbreviates it there.</summary>
    public static string NameOf(OpCode operation) => operation switch
    {
        OpCode.Create or OpCode.Create2 or OpCode.CreateContainer or OpCode.CreateTtl => "CREA",
        OpCode.Delete or OpCode.DeleteContainer => "DELE",
        OpCode.SetData => "SETD",
        OpCode.SetAcl => "SETA",
        OpCode.Multi => "MULT",
        OpCode.MultiRead => "MLTR",
        OpCode.Exists => "EXIS",
        OpCode.GetData => "GETD",
        OpCode.GetAcl => "GETA",
        OpCode.GetChildren or OpCode.GetChildren2 => "GETC",
        OpCode.GetEphemerals => "GETE",
        OpCode.GetAllChildrenNumber => "GETACN",
        OpCode.Sync => "SYNC",
        OpCode.Ping => "PING",
        OpCode.SetWatches => "SETW",
        OpCode.SetWatches2 => "STW2",
        OpCode.AddWatch => "ADDW",
        OpCode.CheckWatches => "CHKW",
        OpCode.RemoveWatches => "REMW",
        OpCode.WhoAmI => "HOMI",
        OpCode.Reconfig => "RECO",
        OpCode.CreateSession => "SESS",
        OpCode.CloseSession => "CLOS",
        _ => "NA",
    };
}
