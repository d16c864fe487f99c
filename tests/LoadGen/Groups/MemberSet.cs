using System.Diagnostics;
using LoadGen.Platform;

namespace LoadGen.Groups;

/// <summary>Many members on one thread, which sends their heartbeats and takes their answers until something holds.</summary>
internal sealed class MemberSet : IDisposable
{
    private const int WaitMs = 10;
    private readonly List<GroupMemberClient> _members = [];
    private readonly Epoll _epoll = new();

    public IReadOnlyList<GroupMemberClient> Members => _members;

    public void Add(GroupMemberClient member)
    {
        _epoll.Add(member.Socket.Fd, _members.Count);
        _members.Add(member);
        member.Join();
    }

    /// <summary>Plays all members until <paramref name="done"/>, which is asked after each turn.</summary>
    public void Play(Func<bool> done, TimeSpan patience, string what)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var beatAt = 0L;
        while (!done())
        {
            var events = _epoll.Wait(WaitMs);
            var now = Stopwatch.GetTimestamp();
            for (var i = 0; i < events; i++)
            {
                _members[_epoll.Token(i)].Receive(now);
            }

            if (now - beatAt >= Stopwatch.Frequency * WaitMs / 1000)
            {
                beatAt = now;
                _members.ForEach(m => m.Beat(now));
            }

            if (Stopwatch.GetElapsedTime(startedAt) > patience)
            {
                throw new TimeoutException($"{what}: not within {patience.TotalSeconds:N0} s");
            }
        }
    }

    /// <summary>Whether every member has its assignment, all in one generation per group.</summary>
    public bool AreStable(int generation = -1) =>
        _members.TrueForAll(m => m.State == MemberState.Stable && (generation < 0 || m.Generation >= generation));

    public void Dispose()
    {
        _members.ForEach(m => m.Dispose());
        _epoll.Dispose();
    }
}
