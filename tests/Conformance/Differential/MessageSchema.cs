using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Conformance.Differential;

/// <summary>One field of a message definition.</summary>
public sealed record FieldSchema(
    string Name,
    string Type,
    VersionRange Versions,
    VersionRange Nullable,
    VersionRange Tagged,
    int Tag,
    VersionRange? Flexible,
    JsonNode? Default,
    IReadOnlyList<FieldSchema> Fields)
{
    public bool IsArray => Type.StartsWith("[]", StringComparison.Ordinal);

    public string ElementType => IsArray ? Type[2..] : Type;
}

/// <summary>
/// A request or response as Apache Kafka itself defines it, read at run time from the definitions inside its clients' jar. Nothing of
/// our own codec takes part in a comparison.
/// </summary>
public sealed record MessageSchema(string Name, short ApiKey, VersionRange Versions, VersionRange Flexible, IReadOnlyList<FieldSchema> Fields)
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static Dictionary<(short Key, string Type), MessageSchema> ReadAll(string librariesFolder)
    {
        var jar = Directory.GetFiles(librariesFolder, "kafka-clients-*.jar").Single();
        using var archive = ZipFile.OpenRead(jar);
        var found = new Dictionary<(short, string), MessageSchema>();
        foreach (var entry in archive.Entries.Where(e => e.FullName.StartsWith("common/message/", StringComparison.Ordinal)
            && e.Name.EndsWith(".json", StringComparison.Ordinal)))
        {
            using var stream = entry.Open();
            var root = JsonNode.Parse(stream, documentOptions: Lenient)!.AsObject();
            if ((string?)root["type"] is "request" or "response" && root["apiKey"] is { } key && root["fields"] is JsonArray fields)
            {
                var common = root["commonStructs"]?.AsArray().ToDictionary(s => (string)s!["name"]!, s => s!["fields"]!.AsArray()) ?? [];
                found[((short)key, (string)root["type"]!)] = new MessageSchema(
                    (string)root["name"]!,
                    (short)key,
                    VersionRange.Parse((string?)root["validVersions"]),
                    VersionRange.Parse((string?)root["flexibleVersions"]),
                    ReadFields(fields, common));
            }
        }

        return found;
    }

    private static List<FieldSchema> ReadFields(JsonArray fields, Dictionary<string, JsonArray> common) =>
        [.. fields.Select(f => ReadField(f!.AsObject(), common))];

    private static FieldSchema ReadField(JsonObject field, Dictionary<string, JsonArray> common)
    {
        var type = (string)field["type"]!;
        var element = type.StartsWith("[]", StringComparison.Ordinal) ? type[2..] : type;
        var inner = field["fields"]?.AsArray() ?? common.GetValueOrDefault(element) ?? [];
        return new FieldSchema(
            Capitalized((string)field["name"]!), // older definitions begin names with a small letter
            type,
            VersionRange.Parse((string?)field["versions"] ?? "0+"),
            VersionRange.Parse((string?)field["nullableVersions"]),
            VersionRange.Parse((string?)field["taggedVersions"]),
            (int?)field["tag"] ?? -1,
            field["flexibleVersions"] is { } flexible ? VersionRange.Parse((string?)flexible) : null,
            field["default"]?.DeepClone(),
            ReadFields(inner, common));
    }

    private static string Capitalized(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
