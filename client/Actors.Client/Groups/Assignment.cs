using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Actors.Abstractions;

namespace Actors.Client;

/// <summary>
/// The partitions of one member in one generation: what was read of them and how far it was handled. A new generation has a new one, so
/// that nothing of an old one is ever handled or committed in it.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The source has no timer and no wait handle: there is nothing to dispose.")]
internal sealed class Assignment
{
    private readonly Channel<FetchedRecords> _ready;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<PartitionKey, Progress> _progress = [];
    private readonly Lock _gate = new();
    private Task _fetching = Task.CompletedTask;
    private volatile bool _isEnding;

    public Assignment(GroupConsumer consumer, GroupGeneration generation, int maxBufferedReads)
    {
        Consumer = consumer;
        Generation = generation;
        _ready = Channel.CreateBounded<FetchedRecords>(maxBufferedReads);
    }

    public GroupConsumer Consumer { get; }

    public GroupGeneration Generation { get; }

    /// <summary>No more records are handed out. Set under the consumer's gate.</summary>
    public bool IsEnding => _isEnding;

    /// <summary>Others may have the partitions already: nothing is committed any more.</summary>
    public bool IsLost { get; private set; }

    public ChannelReader<FetchedRecords> Ready => _ready.Reader;

    /// <summary>Begins to read; whatever ends it but <see cref="StopAsync"/> is told.</summary>
    public void Start(Func<Assignment, CancellationToken, Task> fetch, Action<Exception> failed) => _fetching = Task.Run(async () =>
    {
        try
        {
            await fetch(this, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception) when (IsEnding || _stop.IsCancellationRequested)
        {
            // Told to stop, or about to be: a read that comes into a buffer that is closed already is no failure, it is read again by
            // whoever is assigned the partition next.
        }
        catch (Exception e) // the reader is told: to go on without one of the partitions would be a lie
        {
            failed(e);
        }
    });

    public ValueTask EnqueueAsync(FetchedRecords read, CancellationToken cancellationToken) => _ready.Writer.WriteAsync(read, cancellationToken);

    public void End(bool isLost)
    {
        IsLost |= isLost;
        _isEnding = true;
        _ready.Writer.TryComplete();
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _fetching.ConfigureAwait(false);
    }

    /// <summary>Where a partition begins. An offset that was made up is committed like one that was reached.</summary>
    public void SetStart(PartitionKey partition, long offset, long committed)
    {
        lock (_gate)
        {
            _progress[partition] = new Progress(offset, offset, committed);
        }
    }

    /// <summary>A partition begins anew.</summary>
    public void Restart(PartitionKey partition, long offset)
    {
        lock (_gate)
        {
            _progress[partition] = _progress[partition] with { HandedOut = offset, Done = offset };
        }
    }

    /// <summary>A record below this offset was given to be handled.</summary>
    public void HandOut(PartitionKey partition, long nextOffset)
    {
        lock (_gate)
        {
            var before = _progress[partition];
            _progress[partition] = before with { HandedOut = Math.Max(before.HandedOut, nextOffset) };
        }
    }

    /// <summary>Everything below this offset was handled.</summary>
    public void Finish(PartitionKey partition, long nextOffset)
    {
        lock (_gate)
        {
            var before = _progress[partition];
            _progress[partition] = before with { HandedOut = Math.Max(before.HandedOut, nextOffset), Done = Math.Max(before.Done, nextOffset) };
        }
    }

    /// <summary>What has not been committed yet.</summary>
    /// <param name="withHandedOut">Records that are being handled as well: the caller says that they are done.</param>
    public GroupOffsets Uncommitted(bool withHandedOut)
    {
        lock (_gate)
        {
            return new GroupOffsets(
            [
                .. from p in _progress
                   let offset = withHandedOut ? p.Value.HandedOut : p.Value.Done
                   where offset != p.Value.Committed
                   select new GroupOffset(p.Key.Topic, p.Key.Partition, offset),
            ]);
        }
    }

    public void Committed(GroupOffsets offsets)
    {
        lock (_gate)
        {
            foreach (var (topic, partition, offset, _) in offsets.Offsets)
            {
                var key = new PartitionKey(topic, partition);
                if (_progress.TryGetValue(key, out var before))
                {
                    _progress[key] = before with { Committed = offset };
                }
            }
        }
    }

    /// <param name="HandedOut">End of what was given to be handled.</param>
    /// <param name="Done">End of what was handled.</param>
    /// <param name="Committed">The committed offset, or -1.</param>
    private readonly record struct Progress(long HandedOut, long Done, long Committed);
}
