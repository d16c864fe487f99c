using System.Text.Json.Nodes;

namespace Conformance.Differential;

/// <summary>
/// One question, asked to both sides in every version that both list (or in those of <see cref="Only"/>). The request may name what only
/// this side knows: its ids, its epoch.
/// </summary>
public sealed record Case(string Name, short Key, Func<KafkaSide, int, JsonObject> Request)
{
    public VersionRange Only { get; init; } = new(0, int.MaxValue);

    /// <summary>Learns from the answer: the id of a session, of a producer.</summary>
    public Action<KafkaSide, JsonObject>? Then { get; init; }
}
