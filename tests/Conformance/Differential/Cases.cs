using System.Text.Json.Nodes;
using Conformance.Wire;

namespace Conformance.Differential;

/// <summary>The questions, in the order in which they are asked. Both sides begin with the same topics, see <see cref="DifferentialTests"/>.</summary>
internal static partial class Cases
{
    /// <summary>Three partitions; records in partition 0 only.</summary>
    public const string Topic = "differential";

    public const string Absent = "absent";

    public const string UnknownId = "11111111-2222-3333-4444-555555555555";

    public static IEnumerable<Case> All =>
        Versions().Concat(Metadata()).Concat(Producing()).Concat(Fetching()).Concat(Offsets()).Concat(Epochs())
            .Concat(Topics()).Concat(Configs()).Concat(Cluster()).Concat(Settings()).Concat(Administration()).Concat(Groups());

    private static IEnumerable<Case> Versions()
    {
        yield return new("api versions", 18, (_, v) => v < 3 ? [] : new() { ["ClientSoftwareName"] = "test", ["ClientSoftwareVersion"] = "1.0" });
        yield return new("api versions, bad software name", 18, (_, _) => new() { ["ClientSoftwareName"] = "no spaces!", ["ClientSoftwareVersion"] = "1" })
        {
            Only = new(3, 99),
        };
        yield return new("api versions, no software name", 18, (_, _) => []) { Only = new(3, 99) };
    }

    private static IEnumerable<Case> Metadata()
    {
        static JsonObject Named(int version, string name, bool create = false)
        {
            JsonObject request = new() { ["Topics"] = new JsonArray(new JsonObject { ["Name"] = name }) };
            if (version >= 4)
            {
                request["AllowAutoTopicCreation"] = create;
            }

            return request;
        }

        yield return new("metadata of a topic", 3, (_, v) => Named(v, Topic));
        yield return new("metadata of an absent topic", 3, (_, v) => Named(v, Absent)) { Only = new(4, 99) };
        yield return new("metadata of a bad name", 3, (_, v) => Named(v, "a/b", create: true)) { Only = new(4, 99) };
        yield return new("metadata of an empty name", 3, (_, v) => Named(v, "", create: true)) { Only = new(4, 99) };
        yield return new("metadata of a name too long", 3, (_, v) => Named(v, new string('x', 250), create: true)) { Only = new(4, 99) };
        yield return new("metadata of no topics", 3, (_, _) => new() { ["Topics"] = new JsonArray() }) { Only = new(1, 99) };
        yield return new("metadata of the same topic twice", 3, (_, v) => new()
        {
            ["Topics"] = new JsonArray(new JsonObject { ["Name"] = Topic }, new JsonObject { ["Name"] = Topic }),
        });
        yield return new("metadata by id", 3, (s, _) => new()
        {
            ["Topics"] = new JsonArray(new JsonObject { ["Name"] = null, ["TopicId"] = s.TopicIds[Topic] }),
        }) { Only = new(12, 99) };
        yield return new("metadata by an unknown id", 3, (_, _) => new()
        {
            ["Topics"] = new JsonArray(new JsonObject { ["Name"] = null, ["TopicId"] = UnknownId }),
        }) { Only = new(12, 99) };
        yield return new("metadata with authorized operations", 3, (_, v) =>
        {
            var request = Named(v, Topic);
            request["IncludeTopicAuthorizedOperations"] = true;
            return request;
        }) { Only = new(8, 99) };
        yield return new("metadata that makes its topic", 3, (_, v) => Named(v, $"made-{v}", create: true)) { Only = new(4, 99) };
    }

    private static JsonObject Batch(BatchBuilder batch) => new() { ["Records"] = Convert.ToBase64String(batch.Build()) };
}
