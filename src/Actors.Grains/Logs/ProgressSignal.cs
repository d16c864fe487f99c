using Actors.Model.Ports;

namespace Actors.Grains;

/// <summary>One wait for a partition to move, with an end to it. Single use.</summary>
internal sealed class ProgressSignal : IProgressWaiter
{
    private readonly TaskCompletionSource<bool> _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Waits until the high watermark (or log start or leadership) is no longer what was seen. False: it still is after
    /// <paramref name="wait"/>.
    /// </summary>
    public static async ValueTask<bool> WaitAsync(
        ILocalPartition partition, long seenHighWatermark, TimeSpan wait, TimeProvider time, CancellationToken cancellationToken)
    {
        var signal = new ProgressSignal();
        if (!partition.TryPark(signal, 0, seenHighWatermark))
        {
            return true;
        }

        try
        {
            using var timer = new CancellationTokenSource(wait, time);
            using var timeout = timer.Token.UnsafeRegister(s => ((ProgressSignal)s!)._moved.TrySetResult(false), signal);
            using var cancel = cancellationToken.UnsafeRegister(s => ((ProgressSignal)s!)._moved.TrySetResult(false), signal);
            return await signal._moved.Task;
        }
        finally
        {
            partition.Unpark(signal, 0);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public bool OnProgress(long token) => true;

    /// <inheritdoc/>
    public void Wake() => _moved.TrySetResult(true);
}
