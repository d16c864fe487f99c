using System.Buffers.Binary;
using LoadGen.Protocol;

namespace LoadGen.Groups;

/// <summary>Requests of a group's member as bytes, in versions that every broker since 2.3 speaks, and what their answers say.</summary>
internal static class GroupRequests
{
    private const short JoinVersion = 5;
    private const short SyncVersion = 3;
    private const short HeartbeatVersion = 3;
    private const string ProtocolName = "range";

    public static byte[] Join(int correlationId, string group, string memberId, string topic, GroupTimes times) => Frame(
        ApiKey.JoinGroup, JoinVersion, correlationId,
        new WireWriter().String(group).Int32(times.SessionTimeoutMs).Int32(times.RebalanceTimeoutMs).String(memberId).String(null)
            .String("consumer").Int32(1).String(ProtocolName).Blob(Subscription(topic)));

    public static byte[] Sync(int correlationId, string group, int generation, string memberId, IReadOnlyList<(string Member, byte[] Bytes)> plan)
    {
        var body = new WireWriter().String(group).Int32(generation).String(memberId).String(null).Int32(plan.Count);
        foreach (var (member, bytes) in plan)
        {
            body.String(member).Blob(bytes);
        }

        return Frame(ApiKey.SyncGroup, SyncVersion, correlationId, body);
    }

    public static byte[] Heartbeat(int correlationId, string group, int generation, string memberId) => Frame(
        ApiKey.Heartbeat, HeartbeatVersion, correlationId, new WireWriter().String(group).Int32(generation).String(memberId).String(null));

    /// <summary>A share of a topic: partitions <paramref name="first"/> to <paramref name="end"/> - 1.</summary>
    public static byte[] Assignment(string topic, int first, int end)
    {
        var body = new WireWriter().Int16(0).Int32(1).String(topic).Int32(end - first);
        for (var partition = first; partition < end; partition++)
        {
            body.Int32(partition);
        }

        return body.Int32(-1).Written.ToArray();
    }

    public static JoinAnswer ReadJoin(ReadOnlySpan<byte> reply)
    {
        var reader = new WireReader(reply);
        reader.Int32(); // correlation id
        reader.Int32(); // throttle
        var error = reader.Int16();
        var generation = reader.Int32();
        reader.SkipText(false);
        var leader = reader.Text(false);
        var member = reader.Text(false) ?? "";
        var members = new List<string>();
        for (var left = reader.Count(false); left > 0; left--)
        {
            members.Add(reader.Text(false)!);
            reader.SkipText(false);
            reader.Take(reader.BytesLength(false));
        }

        return new JoinAnswer(error, generation, member, leader == member, members);
    }

    public static (short Error, int AssignmentBytes) ReadSync(ReadOnlySpan<byte> reply)
    {
        var reader = new WireReader(reply);
        reader.Int32();
        reader.Int32();
        return (reader.Int16(), reader.BytesLength(false));
    }

    public static short ReadHeartbeat(ReadOnlySpan<byte> reply)
    {
        var reader = new WireReader(reply);
        reader.Int32();
        reader.Int32();
        return reader.Int16();
    }

    private static byte[] Subscription(string topic) => new WireWriter().Int16(0).Int32(1).String(topic).Int32(-1).Written.ToArray();

    private static WireWriter Blob(this WireWriter writer, byte[] bytes) => writer.Int32(bytes.Length).Bytes(bytes);

    private static byte[] Frame(ApiKey api, short version, int correlationId, WireWriter body)
    {
        var frame = new WireWriter().Int32(0).Int16((short)api).Int16(version).Int32(correlationId).String(KafkaConnection.ClientId)
            .Bytes(body.Written).Written.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        return frame;
    }
}

/// <summary>Times of a member. Heartbeats as a consumer's default, unless a run asks for others.</summary>
internal sealed record GroupTimes(int SessionTimeoutMs = 45_000, int RebalanceTimeoutMs = 300_000, int HeartbeatMs = 3_000);

/// <summary>An answer to JoinGroup; the leader is told all members.</summary>
internal sealed record JoinAnswer(short Error, int Generation, string MemberId, bool IsLeader, IReadOnlyList<string> Members);
