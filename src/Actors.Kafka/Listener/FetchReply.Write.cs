using System.Runtime.InteropServices;
using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Model.Ports;
using Actors.Net;

namespace Actors.Kafka.Listener;

// The answer: which partitions it names, and its bytes.
internal sealed partial class FetchReply
{
    /// <summary>
    /// A full answer names every partition; an incremental one those with records, an error, a divergence, or a high watermark or log
    /// start the consumer was not told yet. Kafka's CachedPartition.maybeUpdateResponseData.
    /// </summary>
    private void SelectRows()
    {
        if (_session is null)
        {
            foreach (ref var row in _rows.AsSpan(0, _rowCount))
            {
                row.Included = true;
            }

            return;
        }

        lock (_session.Lock)
        {
            foreach (ref var row in _rows.AsSpan(0, _rowCount))
            {
                row.Included = _isFull;
                if (_session.TryGet(row.Key, out var told))
                {
                    row.Included |= Tell(told, row);
                    if (!_isFull && row.Result.Bytes > 0)
                    {
                        _session.MoveToEnd(row.Key);
                    }
                }
            }
        }
    }

    private static bool Tell(FetchPartition told, in Row row)
    {
        var offsets = row.Result.Offsets;
        var tell = row.Result.Bytes > 0 || row.IsFailed || row.Result.Diverging.Epoch >= 0
            || told.ToldHighWatermark != offsets.HighWatermark || told.ToldLogStart != offsets.LogStart;
        told.ToldHighWatermark = row.IsFailed ? -1 : offsets.HighWatermark; // after an error the next answer names it again
        told.ToldLogStart = offsets.LogStart;
        return tell;
    }

    protected override void WriteBody(KafkaWriter writer)
    {
        var response = new FetchResponseWriter(writer, Version);
        List<NodeEndpoint>? endpoints = null;
        Span<byte> buffer = stackalloc byte[TopicNameBytes.BufferBytes];
        response.Begin(_throttleMs, Error, Error == ErrorCode.None ? _session?.Id ?? 0 : 0, CountTopics());
        for (var i = NextIncluded(0); i < _rowCount;)
        {
            var count = CountOfTopic(i, out var next);
            response.BeginTopic(TopicNameBytes.Of(_rows[i].Key.TopicName, buffer), _rows[i].Key.TopicId, count);
            for (; i < next; i = NextIncluded(i + 1))
            {
                WriteRow(response, i, ref endpoints);
            }

            response.EndTopic();
        }

        response.End(CollectionsMarshal.AsSpan(endpoints));
    }

    protected override void WriteSplice(ReplySink sink, in Splice splice)
    {
        ref readonly var row = ref _rows[splice.Slice];
        for (var i = row.FirstRegion; i < row.FirstRegion + row.RegionCount; i++)
        {
            sink.Splice(_regions[i]!);
            _regions[i] = null; // it went to the sink
        }

        for (var i = row.FirstSlice; i < row.FirstSlice + row.SliceCount; i++)
        {
            sink.Splice(_slices[i]);
            _slices[i] = default; // its reference went to the sink
        }
    }

    private void WriteRow(in FetchResponseWriter response, int index, ref List<NodeEndpoint>? endpoints)
    {
        ref readonly var row = ref _rows[index];
        var result = row.Result;
        var leader = Version >= 16 && result.Error is ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch
            ? LeaderHint.Of(_connection, row.Id.TopicId, row.Key.Partition, ref endpoints) : LeaderHint.None;
        response.Partition(new FetchPartitionAnswer
        {
            Partition = row.Key.Partition,
            Error = result.Error,
            HighWatermark = result.Offsets.HighWatermark,
            LastStableOffset = result.Offsets.LastStable,
            LogStartOffset = result.Offsets.LogStart,
            DivergingEpoch = result.Diverging.Epoch,
            DivergingEndOffset = result.Diverging.EndOffset,
            ListsAborted = _isolation == ReadIsolation.ReadCommitted,
            LeaderId = leader.LeaderId,
            LeaderEpoch = leader.LeaderEpoch,
            Records = new WireRange(index, result.Bytes),
        });
    }

    private int NextIncluded(int from)
    {
        while (from < _rowCount && !_rows[from].Included)
        {
            from++;
        }

        return from;
    }

    private int CountTopics()
    {
        var topics = 0;
        for (var i = NextIncluded(0); i < _rowCount; topics++)
        {
            CountOfTopic(i, out i);
        }

        return topics;
    }

    /// <summary>Named rows of one topic that follow each other; <paramref name="next"/> is the first named one of another.</summary>
    private int CountOfTopic(int first, out int next)
    {
        var count = 0;
        for (next = first; next < _rowCount && SameTopic(first, next); next = NextIncluded(next + 1))
        {
            count++;
        }

        return count;
    }

    private bool SameTopic(int left, int right) =>
        _rows[left].Key.TopicId == _rows[right].Key.TopicId
        && string.Equals(_rows[left].Key.TopicName, _rows[right].Key.TopicName, StringComparison.Ordinal);
}
