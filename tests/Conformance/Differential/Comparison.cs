using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Conformance.Wire;

namespace Conformance.Differential;

/// <summary>
/// Makes two answers comparable (what is a matter of address, time or identity becomes a word) and lists where they still differ.
/// </summary>
public static class Comparison
{
    /// <summary>Never the same on two machines, and not ours to promise.</summary>
    private static readonly HashSet<string> Masked =
        ["Port", "LogDir", "TotalBytes", "UsableBytes", "ThrottleTimeMs", "FinalizedFeaturesEpoch", "IncarnationId"];

    /// <summary>Texts are for people: that there is one is compared, its words are not.</summary>
    private static readonly HashSet<string> Texts = ["ErrorMessage", "BatchIndexErrorMessage", "Documentation"];

    public static JsonNode? Normalize(KafkaSide side, JsonNode? node, string field = "") => node switch
    {
        null => null,
        JsonObject o => new JsonObject(o.Select(p => KeyValuePair.Create(p.Key, Normalize(side, p.Value, p.Key)))),
        JsonArray a => new JsonArray([.. Sorted(a.Select(i => Normalize(side, i, field)))]),
        _ when Masked.Contains(field) => "*",
        _ when Texts.Contains(field) => "text",
        _ when field == "SessionId" => (int)(long)node == 0 ? "none" : "a session",
        _ when field == "ProducerId" => (long)node < 0 ? "none" : "an id",
        _ when field is "LeaderEpoch" && side.LeaderEpoch == (int)(long)node => "the epoch",
        _ when field == "TopicId" && (string)node! != Guid.Empty.ToString() && !side.Aliases.ContainsKey((string)node!) && (string)node! != Cases.UnknownId =>
            "an id",
        _ when field == "Records" => Records((string)node!),
        JsonValue v when v.TryGetValue<string>(out var text) => side.Aliases.GetValueOrDefault(text, text),
        _ => node.DeepClone(),
    };

    public static IEnumerable<string> Differences(JsonNode? theirs, JsonNode? ours, string path = "")
    {
        switch (theirs, ours)
        {
            case (JsonObject a, JsonObject b):
                return a.Select(p => p.Key).Union(b.Select(p => p.Key)).SelectMany(k => (a.ContainsKey(k), b.ContainsKey(k)) switch
                {
                    (true, true) => Differences(a[k], b[k], $"{path}.{k}"),
                    (true, false) => [$"{path}.{k}: Kafka has {Short(a[k])}, ours lacks it"],
                    _ => [$"{path}.{k}: Kafka lacks it, ours has {Short(b[k])}"],
                });
            case (JsonArray a, JsonArray b) when a.Count == b.Count:
                return a.Zip(b).SelectMany((p, i) => Differences(p.First, p.Second, $"{path}{Label(p.First, i)}"));
            default:
                return JsonNode.DeepEquals(theirs, ours) ? [] : [$"{path}: Kafka {Short(theirs)}, ours {Short(ours)}"];
        }
    }

    /// <summary>Answers are sets where the protocol does not say otherwise: topics and configs come in the order of a hash.</summary>
    private static IEnumerable<JsonNode?> Sorted(IEnumerable<JsonNode?> items)
    {
        var all = items.ToArray();
        string? Key(JsonNode? i) => i is JsonObject o
            ? (o["Name"] ?? o["Topic"] ?? o["TopicName"] ?? o["ResourceName"] ?? o["GroupId"] ?? o["ApiKey"] ?? o["PartitionIndex"])?.ToString()
            : null;
        return Array.TrueForAll(all, i => Key(i) is not null) ? all.OrderBy(i => Key(i)!, StringComparer.Ordinal) : all;
    }

    private static string Label(JsonNode? item, int index) =>
        item is JsonObject o && (o["Name"] ?? o["Topic"] ?? o["TopicName"]) is JsonValue name ? $"[{name}]" : $"[{index}]";

    /// <summary>The bytes of each batch, but for the leader epoch that the node stamped.</summary>
    private static string Records(string base64)
    {
        var bytes = Convert.FromBase64String(base64);
        for (var at = 0; at + StoredBatch.HeaderBytes <= bytes.Length;)
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 8)) + 12;
            bytes.AsSpan(at + 12, 4).Clear();
            at += length;
        }

        return Convert.ToBase64String(bytes);
    }

    private static string Short(JsonNode? node)
    {
        var text = Regex.Replace(node?.ToJsonString() ?? "null", @"\s+", " ");
        return text.Length <= 240 ? text : text[..240] + "...";
    }
}
