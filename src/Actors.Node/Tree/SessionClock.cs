using System.Collections.Concurrent;
using Actors.Model.Ports;

namespace Actors.Node.Tree;

/// <summary>
/// How long each session has been silent. Time stands still while this process does: a pause of the machine expires nobody. Sessions are
/// added and removed as the log says; beats come from any thread.
/// </summary>
internal sealed class SessionClock(TimeProvider time)
{
    private readonly ConcurrentDictionary<long, TreeSessionView> _sessions = new();
    private readonly SessionTime _time = new();
    private readonly long _startedAt = time.GetTimestamp();
    private long _stoodStillMs;

    /// <summary>Number of sessions.</summary>
    public int Count => _sessions.Count;

    /// <summary>The ids as they are now; taken without keeping anybody waiting.</summary>
    public IEnumerable<long> Ids
    {
        get
        {
            foreach (var (id, _) in _sessions)
            {
                yield return id;
            }
        }
    }

    /// <summary>How long a session has been silent, ms; late by up to one look.</summary>
    public long SilentMs(in TreeSessionView session) => Math.Max(0, _time.NowMs - session.Pulse.LastMs);

    /// <summary>A session begins, or begins anew.</summary>
    public void Begin(long sessionId, int timeoutMs) => _sessions[sessionId] = new TreeSessionView(timeoutMs, new SessionPulse(_time));

    /// <summary>A session has ended.</summary>
    public void End(long sessionId) => _sessions.TryRemove(sessionId, out _);

    /// <summary>The session, if there is one.</summary>
    public bool TryGet(long sessionId, out TreeSessionView session) => _sessions.TryGetValue(sessionId, out session);

    /// <summary>
    /// Looks at the clock and adds the sessions that have been silent for longer than their timeout. Called every
    /// <paramref name="periodMs"/>; what a call is late by beyond another period is credited to all. One caller at a time.
    /// </summary>
    public void FindSilent(long periodMs, ICollection<long> silent)
    {
        var nowMs = (long)time.GetElapsedTime(_startedAt).TotalMilliseconds - _stoodStillMs;
        _stoodStillMs += Math.Max(0, nowMs - _time.NowMs - (2 * periodMs));
        nowMs = Math.Min(nowMs, _time.NowMs + (2 * periodMs));
        _time.NowMs = nowMs;
        foreach (var (id, session) in _sessions)
        {
            if (nowMs - session.Pulse.LastMs > session.TimeoutMs)
            {
                silent.Add(id);
            }
        }
    }
}
