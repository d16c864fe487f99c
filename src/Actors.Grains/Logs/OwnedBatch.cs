using Actors.Model.Leases;

namespace Actors.Grains;

/// <summary>
/// Copies bytes of a grain call into a lease: the leader stamps its batches in place and keeps them as the readable tail, while Orleans
/// may hold the caller's memory beyond the call.
/// </summary>
internal static class OwnedBatch
{
    /// <summary>The copy, with one reference; an empty slice where the node stays at its memory budget for too long.</summary>
    public static async ValueTask<LeaseSlice> CopyAsync(
        LeasePool pool, ReadOnlyMemory<byte> bytes, TimeProvider time, CancellationToken cancellationToken)
    {
        if (TryCopy(pool, bytes, out var slice))
        {
            return slice;
        }

        var started = time.GetTimestamp();
        while (true)
        {
            var freed = pool.WhenSpaceFreed(); // before the try: what comes back in between completes it
            if (TryCopy(pool, bytes, out slice))
            {
                return slice;
            }

            var left = LogLimits.MaxMemoryWait - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                return default;
            }

            const ConfigureAwaitOptions Quietly = ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext;
            await freed.WaitAsync(left, time, cancellationToken).ConfigureAwait(Quietly);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static bool TryCopy(LeasePool pool, ReadOnlyMemory<byte> bytes, out LeaseSlice slice)
    {
        if (pool.TryRent(bytes.Length) is not { } lease)
        {
            slice = default;
            return false;
        }

        slice = lease.Slice(0, bytes.Length);
        bytes.Span.CopyTo(slice.Span);
        return true;
    }
}
