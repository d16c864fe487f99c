using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Tests.Watches;

/// <summary>Real feeds that throw where a test wants it, once.</summary>
internal sealed class BreakableFeeds : ITreeFeeds
{
    public const string Reason = "the ring is broken, as the test wants";

    private ITreeFeeds _inner = null!;
    private string? _next;
    private int _opened;
    private int _disposed;

    public TaskCompletionSource Broken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Opened => Volatile.Read(ref _opened);

    public int Disposed => Volatile.Read(ref _disposed);

    public bool IsServing => _inner.IsServing;

    public ITreeFeeds Over(ITreeFeeds inner)
    {
        _inner = inner;
        return this;
    }

    /// <summary>The next call of a member of <see cref="ITreeFeed"/> throws.</summary>
    public void BreakNext(string member) => Volatile.Write(ref _next, member);

    public ITreeFeed Open(IReadOnlyList<ZnodeIdentity> identities, Action wake)
    {
        Interlocked.Increment(ref _opened);
        return new Feed(this, _inner.Open(identities, wake));
    }

    private void Reach(string member)
    {
        if (Volatile.Read(ref _next) == member)
        {
            Volatile.Write(ref _next, null);
            Broken.TrySetResult();
            throw new InvalidOperationException(Reason);
        }
    }

    private sealed class Feed(BreakableFeeds feeds, ITreeFeed inner) : ITreeFeed
    {
        public FeedRead Progress
        {
            get
            {
                feeds.Reach(nameof(Progress));
                return inner.Progress;
            }
        }

        public long? Change(int version, ReadOnlySpan<FeedWatch> added, ReadOnlySpan<FeedWatch> removed)
        {
            feeds.Reach(nameof(Change));
            return inner.Change(version, added, removed);
        }

        public FeedRead Read(IFeedSink sink, int maxBytes)
        {
            feeds.Reach(nameof(Read));
            return inner.Read(sink, maxBytes);
        }

        public void Dispose()
        {
            Interlocked.Increment(ref feeds._disposed);
            inner.Dispose();
        }
    }
}
