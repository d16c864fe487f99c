namespace Actors.Model.Znodes;

/// <summary>
/// Outcomes of operations on the tree, with ZooKeeper's numbers (apache/zookeeper, KeeperException.Code): persisted in outcomes and sent as
/// they are. A value is never reused.
/// </summary>
public enum TreeErrorCode
{
    /// <summary>Done.</summary>
    Ok = 0,
    /// <summary>Our own fault; nothing more is known.</summary>
    SystemError = -1,
    /// <summary>An operation of a multi behind the one that failed: not done.</summary>
    RuntimeInconsistency = -2,
    /// <summary>The replica found itself inconsistent.</summary>
    DataInconsistency = -3,
    /// <summary>The request could not be decoded, or a multi mixes reads and writes.</summary>
    MarshallingError = -5,
    /// <summary>No such operation, or it is switched off.</summary>
    Unimplemented = -6,
    /// <summary>A bad path, flag, TTL or name; or a built-in znode that cannot be deleted.</summary>
    BadArguments = -8,
    /// <summary>A reconfiguration for which the new members have no quorum.</summary>
    NewConfigNoQuorum = -13,
    /// <summary>Another reconfiguration is under way.</summary>
    ReconfigInProgress = -14,
    /// <summary>No such znode, or no such parent.</summary>
    NoNode = -101,
    /// <summary>The caller's identities do not have the permission.</summary>
    NoAuth = -102,
    /// <summary>The version given is not the znode's.</summary>
    BadVersion = -103,
    /// <summary>An ephemeral znode cannot have children.</summary>
    NoChildrenForEphemerals = -108,
    /// <summary>There is such a znode already.</summary>
    NodeExists = -110,
    /// <summary>The znode has children.</summary>
    NotEmpty = -111,
    /// <summary>The session is over, or never was.</summary>
    SessionExpired = -112,
    /// <summary>An access list is empty, unknown or names nobody.</summary>
    InvalidAcl = -114,
    /// <summary>An authentication was refused.</summary>
    AuthFailed = -115,
    /// <summary>The session is served over another connection now.</summary>
    SessionMoved = -118,
    /// <summary>A read-only server does not write.</summary>
    NotReadOnly = -119,
    /// <summary>No watch of that kind is set there.</summary>
    NoWatcher = -121,
    /// <summary>Reconfiguration is switched off.</summary>
    ReconfigDisabled = -123,
    /// <summary>A hard quota would be exceeded.</summary>
    QuotaExceeded = -125,
    /// <summary>The request was refused because too much is outstanding.</summary>
    ThrottledOp = -127,
}
