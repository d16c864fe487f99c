using System.Collections.Immutable;
using Actors.Abstractions;

namespace Actors.Streams;

/// <summary>How a process follows changes of the tree.</summary>
public sealed class WatchStreamsOptions
{
    /// <summary>
    /// Changes that may wait for one subscription's handler, default 10,000: about 2 MB with paths of 50 characters. One that falls behind
    /// farther is told so (<see cref="WatchTooOldException"/>); others are not held up.
    /// </summary>
    public int MaxBufferedEvents { get; set; } = 10_000;

    /// <summary>
    /// How often the silo is asked whether the subscription lives, default 1 s, at most 3 s: a silo that dies is noticed after this and
    /// 2 s at most. It ends a subscription that was not renewed for 10 s.
    /// </summary>
    public TimeSpan RenewPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Who this process is, for access lists: of a znode that it may not read it is told nothing. Default nobody.</summary>
    public ImmutableArray<TreeCredential> Credentials { get; set; } = [];
}
