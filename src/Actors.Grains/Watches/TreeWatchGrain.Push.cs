using Actors.Abstractions;
using Actors.Model.Ports;
using Microsoft.Extensions.Logging;

namespace Actors.Grains;

/// <summary>
/// Sending. What the tree's side throws is a fault of this node; what the call to the subscriber throws is the subscriber's, or the
/// network's: the batch is sent again, a few times.
/// </summary>
public sealed partial class TreeWatchGrain
{
    /// <summary>A batch that is not taken is sent so many times: 3. One that was taken and whose answer was lost is told once.</summary>
    public const int MaxDeliveries = 3;

    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Sends, one batch after the other: Orleans reorders calls that overlap.</summary>
    private async Task PumpAsync(ITreeFeed feed)
    {
        try
        {
            while (ReferenceEquals(feed, _feed))
            {
                var read = feed.Read(_sink, MaxBatchBytes);
                if (read.Kind == FeedReadKind.Idle)
                {
                    await _signal.WaitAsync();
                    continue;
                }

                _isSending = true;
                if (!await IsDeliveredAsync(feed, _sink.Take(++_sequence, read)))
                {
                    End();
                    return;
                }

                if (read.Kind == FeedReadKind.Read)
                {
                    _told = new WatchProgress(read.Version, read.End.Zxid, read.End.Index);
                }

                _isSending = false;
            }
        }
        catch (Exception e) // nobody waits for this loop: a fault of ours that nothing says would be a subscription that is silent
        {
            EndByOurFault(e);
        }
    }

    private async Task<bool> IsDeliveredAsync(ITreeFeed feed, WatchBatch batch)
    {
        var pause = s_firstPause;
        for (var tries = 1; ; tries++)
        {
            try
            {
                await _observer!.OnBatchAsync(batch);
                return true;
            }
            catch (ClientNotAvailableException e)
            {
                LogGone(logger, this.GetPrimaryKey(), e.Message);
                return false;
            }
            catch (Exception e) // whatever the subscriber or the way to it throws
            {
                if (tries == MaxDeliveries || !ReferenceEquals(feed, _feed))
                {
                    LogNotTaken(logger, this.GetPrimaryKey(), tries, e);
                    return false;
                }
            }

            await Task.Delay(pause, time);
            pause *= 2;
        }
    }

    /// <summary>Whatever asks the tree's side: what it throws ends the subscription and reaches who called.</summary>
    private TreeAnswer<T> Guarded<T>(Func<TreeAnswer<T>> ask)
        where T : class
    {
        try
        {
            return ask();
        }
        catch (Exception e)
        {
            EndByOurFault(e);
            throw;
        }
    }

    private void EndByOurFault(Exception fault)
    {
        faults.Add(fault);
        LogFault(logger, this.GetPrimaryKey(), fault);
        try
        {
            End();
        }
        catch (Exception e) // the same broken part; it has let go of the feed before
        {
            LogFault(logger, this.GetPrimaryKey(), e);
        }
    }

    [LoggerMessage(9510, LogLevel.Information, "Watch subscription {Subscription} ends: {Reason}.")]
    private static partial void LogGone(ILogger logger, Guid subscription, string reason);

    [LoggerMessage(9511, LogLevel.Warning, "Watch subscription {Subscription} ends: its subscriber has not taken a batch, sent {Tries} times.")]
    private static partial void LogNotTaken(ILogger logger, Guid subscription, int tries, Exception error);

    [LoggerMessage(9512, LogLevel.Error, "Watch subscription {Subscription} ends by a fault of this node.")]
    private static partial void LogFault(ILogger logger, Guid subscription, Exception error);
}
