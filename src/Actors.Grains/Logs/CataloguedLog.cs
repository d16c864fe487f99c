using System.Diagnostics;
using System.Runtime.CompilerServices;
using Actors.Abstractions;
using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Records;

namespace Actors.Grains;

/// <summary>
/// A partition of the catalog as one grain's log. Belongs to one activation and runs on its scheduler; truth about leadership is asked
/// for at every call.
/// </summary>
internal sealed partial class CataloguedLog : IAppendOnlyLog
{
    private const long NoTimestamp = -1;

    private readonly LogServices _services;
    private readonly bool _createOnFirstUse;
    private readonly IGrainContext _grain;

    /// <param name="partition">The partition.</param>
    /// <param name="createOnFirstUse">An internal topic, made when it is first appended to; until then the log is empty.</param>
    /// <param name="grain">Whose log it is.</param>
    /// <param name="services">What the log stands on.</param>
    public CataloguedLog(PartitionKey partition, bool createOnFirstUse, IGrainContext grain, LogServices services)
    {
        Partition = partition;
        _createOnFirstUse = createOnFirstUse;
        _grain = grain;
        _services = services;
    }

    /// <inheritdoc/>
    public PartitionKey Partition { get; }

    /// <inheritdoc/>
    public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default) =>
        AppendAsync([new Record { TimestampMs = _services.Time.GetUtcNow().ToUnixTimeMilliseconds(), Value = value }], cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<long> AppendAsync(IReadOnlyCollection<Record> records, CancellationToken cancellationToken = default)
    {
        var answer = await TryAppendAsync(leaderEpoch: -1, RecordBatchBytes.Encode(records), cancellationToken);
        return answer.GetValueOrThrow().BaseOffset;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Record> ReadAsync(
        long fromOffset = ReadQuery.Earliest, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var end = await GetEndOffsetAsync(cancellationToken);
        if (end == 0)
        {
            yield break; // nothing was ever appended, perhaps not even the topic is there
        }

        for (var next = fromOffset; next < end;)
        {
            var query = new ReadQuery { Offset = next, MaxBytes = ReadQuery.MaxMaxBytes, MaxWaitMs = ReadQuery.MaxMaxWaitMs };
            var read = (await TryReadAsync(query, cancellationToken)).GetValueOrThrow();
            foreach (var record in read.DecodeRecords())
            {
                if (record.Offset >= end)
                {
                    yield break;
                }

                yield return record;
            }

            next = read.NextOffset;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> GetEndOffsetAsync(CancellationToken cancellationToken = default) =>
        (await TryGetOffsetsAsync(cancellationToken)).GetValueOrThrow().LogEnd;

    /// <inheritdoc/>
    public async ValueTask<Answer<LogOffsets>> TryGetOffsetsAsync(CancellationToken cancellationToken = default)
    {
        var door = await _services.Door.OpenAsync(Partition, cancellationToken);
        if (door.Partition is not { } partition)
        {
            return IsNotMadeYet(door) ? Answer.Done(new LogOffsets(0, 0, 0)) : Refuse<LogOffsets>(door);
        }

        return Answer.Done(ToContract(partition.Offsets), partition.LeaderEpoch, door.LeaderId);
    }

    /// <inheritdoc/>
    public async ValueTask<Answer<FoundOffset>> TryFindOffsetAsync(long timestampMs, CancellationToken cancellationToken = default)
    {
        var door = await _services.Door.OpenAsync(Partition, cancellationToken);
        if (door.Partition is not { } partition)
        {
            return IsNotMadeYet(door) ? Answer.Done(new FoundOffset(0, NoTimestamp)) : Refuse<FoundOffset>(door);
        }

        if (timestampMs < 0)
        {
            return Answer.Failed<FoundOffset>(ErrorCode.InvalidTimestamp, "A time is a number of milliseconds since 1970.");
        }

        var found = await partition.FindOffsetAsync(new OffsetQuery(timestampMs, ReadIsolation.ReadUncommitted, -1), cancellationToken);
        if (found.Error != ErrorCode.None)
        {
            return Answer.Failed<FoundOffset>(found.Error, leaderEpoch: partition.LeaderEpoch, leaderId: door.LeaderId);
        }

        var value = found.Offset >= 0
            ? new FoundOffset(found.Offset, found.TimestampMs)
            : new FoundOffset(partition.Offsets.HighWatermark, NoTimestamp);
        return Answer.Done(value, partition.LeaderEpoch, door.LeaderId);
    }

    private static LogOffsets ToContract(in PartitionOffsets offsets)
    {
        Debug.Assert(offsets.LogStart <= offsets.HighWatermark && offsets.HighWatermark <= offsets.LogEnd, "a log's offsets are out of order");
        return new LogOffsets(offsets.LogStart, offsets.HighWatermark, offsets.LogEnd);
    }

    /// <summary>
    /// The refusal as an answer; where another node leads, the grain is sent after its log. Sent, not ended: its new place is then in the
    /// grain directory, which corrects callers that still have the old one. A grain that only ended would start again right here, at
    /// the next call of such a caller, since Orleans asks the placement only when nobody remembers a place.
    /// </summary>
    private Answer<T> Refuse<T>(in DoorAnswer door)
        where T : class
    {
        if (door.Error == ErrorCode.NotLeaderOrFollower && _grain.GrainInstance?.GetType().IsDefined(typeof(LeaderPlacementAttribute), true) == true)
        {
            _grain.Migrate(requestContext: null);
        }

        return door.Refuse<T>(Partition);
    }

    private bool IsNotMadeYet(in DoorAnswer door) => _createOnFirstUse && door.Error == ErrorCode.UnknownTopicOrPartition;
}

/// <summary>What logs stand on: one per silo.</summary>
/// <param name="Door">From names to open partitions.</param>
/// <param name="Topics">Makes internal topics.</param>
/// <param name="Leases">Memory for what is appended.</param>
/// <param name="Time">The clock.</param>
/// <param name="Inflater">For batches that are compressed.</param>
internal sealed record LogServices(
    PartitionDoor Door, InternalTopics Topics, LeasePool Leases, TimeProvider Time, IBatchInflater Inflater);
