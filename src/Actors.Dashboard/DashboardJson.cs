using System.Text.Json.Serialization;
using Actors.Dashboard.Api;
using Actors.Dashboard.Health;

namespace Actors.Dashboard;

/// <summary>Generated JSON code for every answer: no reflection at the start, the same names everywhere.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(OverviewAnswer))]
[JsonSerializable(typeof(TopicsAnswer))]
[JsonSerializable(typeof(TopicAnswer))]
[JsonSerializable(typeof(ConnectionsAnswer))]
[JsonSerializable(typeof(NodesAnswer))]
[JsonSerializable(typeof(HistoryAnswer))]
[JsonSerializable(typeof(TickEvent))]
[JsonSerializable(typeof(TreeSummary))]
[JsonSerializable(typeof(ZnodeAnswer))]
[JsonSerializable(typeof(ChildrenAnswer))]
[JsonSerializable(typeof(StatsAnswer))]
[JsonSerializable(typeof(SessionsAnswer))]
[JsonSerializable(typeof(SessionAnswer))]
[JsonSerializable(typeof(WatchesAnswer))]
[JsonSerializable(typeof(GroupsAnswer))]
[JsonSerializable(typeof(GroupAnswer))]
[JsonSerializable(typeof(TopicGroupsAnswer))]
internal sealed partial class DashboardJson : JsonSerializerContext;
