using System.Runtime.InteropServices;
using Actors.Model.Leases;

namespace Actors.Storage.Devices;

/// <summary>The file as something that regions hold: the handle counts them, and the descriptor is closed with the last one.</summary>
internal sealed unsafe partial class PosixStorageFile : IRegionFile
{
    /// <summary>Where the kernel cannot count cached pages, one byte in so many is looked at.</summary>
    private const int ProbeBytes = 64 << 10;

    private static int s_cacheStatUnsupported;

    SafeHandle IRegionFile.Handle => _handle;

    public IRegionFile Hold()
    {
        var isHeld = false;
        _handle.DangerousAddRef(ref isHeld); // throws if it was disposed
        return this;
    }

    void IRegionFile.Return() => _handle.DangerousRelease();

    /// <summary>
    /// <c>cachestat</c> counts the pages of the range that are cached: exact but for pages on their way from the disk. Without it (before
    /// Linux 6.5, or forbidden) bytes here and there are read without waiting.
    /// </summary>
    public bool IsCached(long position, int lengthBytes)
    {
        if (Volatile.Read(ref s_cacheStatUnsupported) == 0)
        {
            var range = new PosixCalls.FileRange { Position = (ulong)position, LengthBytes = (ulong)lengthBytes };
            PosixCalls.CachedPages pages;
            if (PosixCalls.CacheStat(PosixCalls.CacheStatNumber, _handle, &range, &pages, 0) == 0)
            {
                var pageBytes = Environment.SystemPageSize;
                return pages.Cached >= (ulong)(((position + lengthBytes - 1) / pageBytes) - (position / pageBytes) + 1);
            }

            Volatile.Write(ref s_cacheStatUnsupported, 1);
        }

        Span<byte> one = stackalloc byte[1];
        for (long at = 0; at < lengthBytes; at += ProbeBytes)
        {
            if (!IsByteCached(one, position + at))
            {
                return false;
            }
        }

        return IsByteCached(one, position + lengthBytes - 1);
    }

    private bool IsByteCached(Span<byte> one, long position) => TryReadCached(one, position, out var read) && read == 1;
}
