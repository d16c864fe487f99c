using Orleans.CodeGeneration;
using Orleans.Concurrency;

namespace Actors.Abstractions;

/// <summary>
/// One process's subscription to changes of the tree; the key is the process's choice, a new one for every try. It lives on the silo that
/// was asked (the caller's gateway) and pushes batches to an observer, one at a time. Services use the stream provider
/// <see cref="WatchStreams.ProviderName"/>, which finds another silo when this one dies and goes on without a hole or says so.
/// </summary>
[Alias("actors.tree-watch"), GrainInterfaceType("actors.tree-watch"), Version(1)]
public interface ITreeWatchGrain : IGrainWithGuidKey
{
    /// <summary>
    /// Begins: the watches hold from the answer's zxid on. Refused with BadArguments where a path is none, or the watches are too many.
    /// </summary>
    /// <param name="observer">Who is told.</param>
    /// <param name="caller">Who it is: of a znode that its credentials may not read, nothing is told.</param>
    /// <param name="watches">What is watched.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [Alias("open"), ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<WatchChanged>> OpenAsync(
        IWatchObserver observer, TreeCaller caller, WatchChange watches, CancellationToken cancellationToken = default);

    /// <summary>Changes the watches. Refused with SessionExpired where the subscription is not here (any more).</summary>
    [Alias("change"), ResponseTimeout("00:00:05")]
    ValueTask<TreeAnswer<WatchChanged>> ChangeAsync(WatchChange watches, CancellationToken cancellationToken = default);

    /// <summary>
    /// The subscriber lives; answers how far it has been told. To be called every second: a subscription whose subscriber is not heard
    /// of for ten ends. Refused with SessionExpired where the subscription is not here (any more).
    /// </summary>
    [Alias("renew"), AlwaysInterleave, ResponseTimeout("00:00:02")]
    ValueTask<TreeAnswer<WatchProgress>> RenewAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends.</summary>
    [Alias("close"), ResponseTimeout("00:00:02")]
    ValueTask CloseAsync();
}

/// <summary>Who is told of changes.</summary>
[Alias("actors.watch-observer"), GrainInterfaceType("actors.watch-observer"), Version(1)]
public interface IWatchObserver : IGrainObserver
{
    /// <summary>
    /// The next batch; the one after it is sent when this returns. One that throws, or does not answer, is sent again with the same sequence
    /// number, three times in all; then the subscription ends.
    /// </summary>
    [Alias("batch"), ResponseTimeout("00:00:10")]
    ValueTask OnBatchAsync(WatchBatch batch);
}
