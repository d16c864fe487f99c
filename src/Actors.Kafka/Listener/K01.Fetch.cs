using Actors.Kafka.Wire;
using Actors.Model;
using Actors.Net;

namespace Actors.Kafka.Listener;

/// <summary>
/// Fetch, key 1.
/// Versions: 4-18. Promise: waits for min bytes up to max wait, without holding up the requests behind it but for their replies; a first
/// batch always comes whole (KIP-74); incremental sessions (KIP-227); leader epochs and divergence (KIP-320, KIP-595); topic ids from 13
/// on; the leader is named from 16 on where another node leads (KIP-951); read_committed ends at the last stable offset.
/// Gaps: no aborted transactions are listed (there are no transactions); followers are refused, they use the replication port; no
/// rack-aware replica is preferred.
/// </summary>
internal static class FetchHandler
{
    public static void Handle(KafkaConnection connection, in KafkaRequest request)
    {
        var reply = new FetchReply(connection, request);
        var reader = new FetchRequestReader(request.Frame.Span, request.BodyStart, request.Version);
        var wanted = ReadPartitions(ref reader, request.Version);
        if (reader.ReplicaId >= 0)
        {
            throw new ConnectionFault($"replica id {reader.ReplicaId} fetches on a listener for clients");
        }

        var forgotten = reader.ForgottenTopicCount > 0 ? ReadForgotten(request) : [];
        connection.Queue(reply);
        reply.Limits(reader.MaxWaitMs, reader.MinBytes, reader.MaxBytes, reader.IsolationLevel);
        reply.Error = OpenSession(connection, request, reader.SessionId, reader.SessionEpoch, wanted, forgotten, reply);
        reply.Start();
    }

    private static List<FetchPartition> ReadPartitions(ref FetchRequestReader reader, short version)
    {
        var wanted = new List<FetchPartition>(reader.TopicCount);
        while (reader.NextTopic())
        {
            var name = version >= 13 ? "" : reader.TopicNameString;
            while (reader.NextPartition())
            {
                wanted.Add(new FetchPartition
                {
                    Key = new FetchKey(reader.TopicId, name, reader.Partition),
                    CurrentLeaderEpoch = reader.CurrentLeaderEpoch,
                    FetchOffset = reader.FetchOffset,
                    LastFetchedEpoch = reader.LastFetchedEpoch,
                    MaxBytes = reader.PartitionMaxBytes,
                });
            }
        }

        return wanted;
    }

    private static List<FetchKey> ReadForgotten(in KafkaRequest request)
    {
        var forgotten = new List<FetchKey>();
        foreach (var topic in request.Read<FetchRequest>().ForgottenTopicsData)
        {
            forgotten.AddRange(topic.Partitions.Select(p => new FetchKey(topic.TopicId, topic.Topic, p)));
        }

        return forgotten;
    }

    /// <summary>Finds out which session the request belongs to and gives the reply its rows. Kafka's FetchManager.newContext.</summary>
    private static ErrorCode OpenSession(
        KafkaConnection connection, in KafkaRequest request, int sessionId, int sessionEpoch,
        List<FetchPartition> wanted, List<FetchKey> forgotten, FetchReply reply)
    {
        var cache = connection.Services.FetchSessions;
        var usesTopicIds = request.Version >= 13;
        var nowMs = connection.CoarseNowMs;
        if (sessionEpoch is FetchSession.FinalEpoch or FetchSession.InitialEpoch)
        {
            if (sessionId != 0)
            {
                cache.Remove(sessionId);
            }

            var created = sessionEpoch == FetchSession.InitialEpoch ? cache.TryCreate(wanted.Count, usesTopicIds, nowMs) : null;
            foreach (var partition in wanted)
            {
                created?.Set(partition);
            }

            reply.UseSession(created, isFull: true);
            reply.AddRows(wanted);
            return ErrorCode.None;
        }

        if (!cache.TryGet(sessionId, out var session))
        {
            return ErrorCode.FetchSessionIdNotFound;
        }

        lock (session.Lock)
        {
            if (session.UsesTopicIds != usesTopicIds)
            {
                return ErrorCode.FetchSessionTopicIdError;
            }

            if (session.Epoch != sessionEpoch)
            {
                return ErrorCode.InvalidFetchSessionEpoch;
            }

            wanted.ForEach(session.Set);
            forgotten.ForEach(k => session.Forget(k));
            session.NextEpoch();
            cache.Touch(session, session.Count, nowMs);
            if (session.Count == 0)
            {
                cache.Remove(session.Id);
                reply.UseSession(null, isFull: true);
                return ErrorCode.None;
            }

            reply.UseSession(session, isFull: false);
            reply.AddRows(session.Partitions);
            return ErrorCode.None;
        }
    }
}
