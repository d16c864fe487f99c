using System.Text.Json.Serialization;
using Actors.Dashboard.Health;

namespace Actors.Dashboard;

/// <summary>Generated JSON code for every answer: no reflection at the start, the same names everywhere.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class DashboardJson : JsonSerializerContext;
