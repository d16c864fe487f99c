using System.Net;
using Actors.Net;
using Actors.ZooKeeper.Wire;

namespace Actors.ZooKeeper.Listener;

/// <summary>How the ZooKeeper listener is set up. Names and defaults are ZooKeeper's where it has the setting.</summary>
public sealed record ZooKeeperListenerOptions
{
    /// <summary>Address to listen on. Default 127.0.0.1 (<c>Actors:Listen</c>).</summary>
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>Port; 0: a free one. Default 2181 (<c>Actors:ZooKeeper:Port</c>).</summary>
    public int Port { get; init; } = 2181;

    /// <summary>Length of a tick in ms, default 2,000 (tickTime).</summary>
    public int TickTimeMs { get; init; } = 2_000;

    /// <summary>Least session timeout in ms, default two ticks (minSessionTimeout).</summary>
    public int MinSessionTimeoutMs { get; init; } = 4_000;

    /// <summary>Greatest session timeout in ms, default twenty ticks (maxSessionTimeout).</summary>
    public int MaxSessionTimeoutMs { get; init; } = 40_000;

    /// <summary>Four-letter words that are answered; <c>*</c> is all of them (4lw.commands.whitelist).</summary>
    public IReadOnlyCollection<string> FourLetterWords { get; init; } = ["srvr", "ruok", "stat", "conf", "envi", "isro", "mntr"];

    /// <summary>What makes a digest the super user, <c>super:HASH</c>; empty: nothing does (DigestAuthenticationProvider.superDigest).</summary>
    public string SuperDigest { get; init; } = "";

    /// <summary>
    /// Sessions that may be opened per second, in bursts of up to a second's worth; a client beyond it is cut off before it costs anything.
    /// Default 0: no limit, as ZooKeeper's connection throttle (<c>Actors:ZooKeeper:MaxNewSessionsPerSecond</c>).
    /// </summary>
    public int MaxNewSessionsPerSecond { get; init; }

    /// <summary>Most identities of one connection; a client that adds more is cut off. Default 100. Origin: ours.</summary>
    public int MaxIdentities { get; init; } = 100;

    /// <summary>Most operations of one multi, default 10,000. Origin: ours; ZooKeeper bounds it by jute.maxbuffer alone.</summary>
    public int MaxMultiOperations { get; init; } = 10_000;

    /// <summary>
    /// Bytes of watch events that may wait for a client that does not read them; beyond it the connection is closed, and the client sets its
    /// watches again where it comes back. Default 16 MiB. Origin: ours; ZooKeeper has no such limit.
    /// </summary>
    public int MaxQueuedEventBytes { get; init; } = 16 << 20;

    /// <summary>
    /// Limits of connections: frames up to jute.maxbuffer, 60 connections per address (maxClientCnxns), 1,000 requests outstanding on each
    /// (globalOutstandingLimit), 10 s for the first bytes (nio.sessionlessCnxnTimeout). A session
    /// that says nothing is ended by its timeout, not by the connection's.
    /// </summary>
    public NetLimits Net { get; init; } = new()
    {
        MaxFrameBytes = JuteLimits.DefaultMaxFrameBytes,
        MaxConnectionsPerAddress = 60,
        MaxOutstandingRequests = 1_000,
        FirstBytesMs = 10_000,
    };

    /// <summary>
    /// Most entries that a four-letter word lists: watches (wchc, wchp), ephemeral znodes and sessions (dump). Default 100,000. Origin: ours;
    /// ZooKeeper lists all, however long nobody else is served meanwhile.
    /// </summary>
    public int MaxListedEntries { get; init; } = 100_000;

    /// <summary>Bytes of snapshots and of logs, for the word dirs; null: not known, told as 0.</summary>
    public Func<(long SnapshotBytes, long LogBytes)>? DirectorySizes { get; init; }

    /// <summary>The timeout a session gets that asks for <paramref name="askedMs"/>.</summary>
    public int Negotiate(int askedMs) => Math.Clamp(askedMs, MinSessionTimeoutMs, MaxSessionTimeoutMs);
}
