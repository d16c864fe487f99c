using Actors.Model.Leases;
using Actors.Net.Transports;

namespace Actors.Net;

// Regions at the head of what is sent. Their pages were cached when they were read; a peer that takes its time may find them gone, and
// sending them would then hold up every connection of the I/O thread until the disk has answered. So they are looked at again, once per
// tick or so many bytes, and what is gone is brought back by another thread first.
public abstract partial class Connection
{
    private const int LookAheadBytes = 2 * ITransport.MaxRegionSendBytes;

    private FileRegion? _lookedAt;
    private long _lookedAtMs;
    private long _cachedTo;
    private bool _loaded;
    private volatile bool _loading;

    /// <summary>False: the bytes at the head come from the disk; a turn follows when they are there.</summary>
    private bool IsHeadReady(in ReplySegment head)
    {
        if (head.Region is not { } region)
        {
            return true;
        }

        if (_loading)
        {
            return false;
        }

        var nowMs = _set.CoarseNowMs;
        var next = head.Position + Math.Min(head.LengthBytes, ITransport.MaxRegionSendBytes);
        if (region == _lookedAt && next <= _cachedTo && (_loaded || _lookedAtMs == nowMs))
        {
            (_loaded, _lookedAtMs) = (false, nowMs);
            return true;
        }

        var length = Math.Min(head.LengthBytes, LookAheadBytes);
        (_lookedAt, _lookedAtMs, _cachedTo, _loaded) = (region, nowMs, head.Position + length, false);
        if (region.File.IsCached(head.Position, length))
        {
            return true;
        }

        _loading = _loaded = true;
        if (region.TryLoad(head.Position, length, RegionLoaded))
        {
            return false;
        }

        _loading = _loaded = false;
        return true; // too much waits for the disk already: this connection waits here
    }

    private void RegionLoaded()
    {
        _loading = false;
        Wake();
    }
}
