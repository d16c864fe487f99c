using Actors.Abstractions;
using Microsoft.Extensions.Logging;

namespace Actors.Client;

/// <summary>Small parts of the member's life.</summary>
public sealed partial class GroupConsumer
{
    /// <summary>How often a leader looks for topics that do not exist yet: every second.</summary>
    private static readonly TimeSpan s_lookForMissing = TimeSpan.FromSeconds(1);

    /// <summary>How often a leader looks whether topics have grown: every 10 s. Kafka's clients do so every 5 minutes.</summary>
    private static readonly TimeSpan s_lookForMore = TimeSpan.FromSeconds(10);

    private static TimeSpan LookInterval(IReadOnlyDictionary<string, int> topics) =>
        topics.Values.Contains(0) ? s_lookForMissing : s_lookForMore;

    private async Task FetchAsync(Assignment assignment, CancellationToken cancellationToken)
    {
        var partitions = assignment.Generation.Partitions;
        if (partitions.Count == 0)
        {
            return;
        }

        var committed = await _member.CommittedAsync(cancellationToken).ConfigureAwait(false);
        var byPartition = committed.Offsets.ToDictionary(o => new PartitionKey(o.Topic, o.Partition), o => o.Offset);
        using var together = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var fetching = partitions.Select(async p =>
        {
            try
            {
                var fetcher = new PartitionFetcher(GroupId, p, _grains, _options, _logger, _time);
                await fetcher.RunAsync(assignment, byPartition.TryGetValue(p, out var at) ? at : null, together.Token).ConfigureAwait(false);
            }
            catch
            {
                await together.CancelAsync().ConfigureAwait(false); // one that fails ends all
                throw;
            }
        }).ToArray();
        try
        {
            await Task.WhenAll(fetching).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (fetching.FirstOrDefault(f => f.IsFaulted) is { } failed)
        {
            await failed.ConfigureAwait(false);
        }
    }

    private void Set(Assignment? assignment)
    {
        lock (_gate)
        {
            _assignment = assignment;
        }

        _readerWakes.Raise();
    }

    private void End(Assignment assignment, bool isLost)
    {
        lock (_gate)
        {
            assignment.End(isLost);
        }
    }

    private bool IsOverdue()
    {
        lock (_gate)
        {
            return _reader != ReaderState.Waiting && _time.GetElapsedTime(_readerSince) > _options.MaxPollInterval;
        }
    }

    private bool IsDue(long since, TimeSpan interval) => _time.GetElapsedTime(since) >= interval;

    private TimeSpan UntilNextBeat()
    {
        var left = _options.HeartbeatInterval - _time.GetElapsedTime(_lastBeat);
        return left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
    }

    /// <summary>Waits for something to happen, or for some time.</summary>
    private async Task WaitAsync(Task something, TimeSpan most)
    {
        using var enough = new CancellationTokenSource();
        await Task.WhenAny(something, Task.Delay(most, _time, enough.Token)).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
    }

    [LoggerMessage(9319, LogLevel.Warning, "Group {Group} has gone on from generation {Generation} without this member; joining again.")]
    private static partial void LogLost(ILogger logger, string group, int generation);

    [LoggerMessage(
        9320, LogLevel.Warning, "Group {Group}: nothing was read for {MaxPollInterval}; this member leaves until something is read again.")]
    private static partial void LogOverdue(ILogger logger, string group, TimeSpan maxPollInterval);

    [LoggerMessage(9321, LogLevel.Debug, "Group {Group}: a heartbeat was answered {Kind} ({Error}).")]
    private static partial void LogNoBeat(ILogger logger, string group, AnswerKind kind, ErrorCode error);

    [LoggerMessage(9322, LogLevel.Information, "Group {Group}: topics came, went or grew; their partitions are shared out anew.")]
    private static partial void LogTopicsChanged(ILogger logger, string group);

    [LoggerMessage(9323, LogLevel.Debug, "Group {Group}: no farewell: {Reason}")]
    private static partial void LogFarewell(ILogger logger, string group, string reason);
}
