#pragma warning disable CA1507 // names of protocol fields, which only happen to be names here too

using System.Text.Json.Nodes;
using Conformance.Wire;

namespace Conformance.Differential;

/// <summary>One of the two that are compared: a connection, what it lists, and the ids that only it knows.</summary>
public sealed class KafkaSide : IDisposable
{
    private readonly IReadOnlyDictionary<(short Key, string Type), MessageSchema> _schemas;
    private readonly string _bootstrap;
    private RawConnection? _connection;

    public KafkaSide(string name, string bootstrap, IReadOnlyDictionary<(short Key, string Type), MessageSchema> schemas)
    {
        Name = name;
        _bootstrap = bootstrap;
        _schemas = schemas;
    }

    public string Name { get; }

    /// <summary>What this side lists: first and last version by key.</summary>
    public Dictionary<short, (short Min, short Max)> Listed { get; } = [];

    /// <summary>Texts that stand for the same thing on both sides but read differently: this side's topic ids, addresses, node ids.</summary>
    public Dictionary<string, string> Aliases { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> TopicIds { get; } = [];

    public int NodeId { get; private set; }

    /// <summary>The epoch in which this side leads its partitions: Kafka's is 0, ours grows with every start.</summary>
    public int LeaderEpoch { get; private set; }

    public long ProducerId { get; set; }

    /// <summary>The id that this side gave a member of a group.</summary>
    public string MemberId { get; set; } = "";

    public short ProducerEpoch { get; set; }

    public async Task OpenAsync(CancellationToken cancellation)
    {
        var versions = await AskAsync(18, 0, [], cancellation);
        foreach (var api in versions["ApiKeys"]!.AsArray())
        {
            Listed[(short)(long)api!["ApiKey"]!] = ((short)(long)api["MinVersion"]!, (short)(long)api["MaxVersion"]!);
        }

        var cluster = await AskAsync(60, 0, [], cancellation);
        var broker = cluster["Brokers"]!.AsArray().Single()!;
        NodeId = (int)(long)broker["BrokerId"]!;
        Aliases[(string)cluster["ClusterId"]!] = "CLUSTER";
    }

    /// <summary>Learns the id and the leader epoch of a topic; the id is an alias for its name from here on.</summary>
    public async Task LearnAsync(string topic, CancellationToken cancellation)
    {
        var metadata = await AskAsync(3, 12, new JsonObject { ["Topics"] = new JsonArray(new JsonObject { ["Name"] = topic }) }, cancellation);
        var found = metadata["Topics"]!.AsArray().Single()!;
        TopicIds[topic] = (string)found["TopicId"]!;
        Aliases[TopicIds[topic]] = "ID-OF-" + topic;
        LeaderEpoch = (int)(long)found["Partitions"]!.AsArray().First()!["LeaderEpoch"]!;
    }

    /// <summary>One request, one answer; "closed" when the connection was closed instead. A new connection follows then.</summary>
    public async Task<JsonObject> AskAsync(short key, short version, JsonObject request, CancellationToken cancellation)
    {
        var ask = _schemas[(key, "request")];
        var tell = _schemas[(key, "response")];
        var body = MessageWriter.Write(ask, version, request);
        _connection ??= await RawConnection.OpenAsync(_bootstrap, cancellation);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        try
        {
            // The answer to ApiVersions has the oldest header whatever its version.
            var answer = await _connection.CallAsync(
                key, version, body, ask.Flexible.Contains(version), tell.Flexible.Contains(version) && key != 18, patience.Token);
            return MessageReader.Read(tell, version, answer);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            _connection.Dispose();
            _connection = null;
            return new JsonObject { ["closed"] = true };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            _connection.Dispose();
            _connection = null;
            return new JsonObject { ["silent"] = true };
        }
    }

    public void Dispose() => _connection?.Dispose();
}
