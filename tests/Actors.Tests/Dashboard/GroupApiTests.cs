using System.Text.Json;
using Actors.Dashboard.Api;
using Actors.Model;
using Actors.Model.Groups;

namespace Actors.Tests.Dashboard;

/// <summary>Consumer groups as the API shows them.</summary>
public sealed class GroupApiTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Groups_are_listed_with_state_members_and_lag()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        var orders = dashboard.Node.AddTopic("orders", 2);
        dashboard.Node.Move(orders, 0, 100, 1000, 0);
        dashboard.Node.Move(orders, 1, 50, 500, 0);
        dashboard.Node.Groups.Add(Group("billing", Member("m-1", ("orders", [0, 1]))), Offsets("orders", (0, 90), (1, 50)));
        dashboard.Node.Groups.Add(new GroupDescription { Error = ErrorCode.None, GroupId = "old", State = GroupState.Empty });

        var groups = (await dashboard.GetAsync("/api/v1/groups")).GetProperty("groups");
        Assert.Equal(["billing", "old"], groups.EnumerateArray().Select(g => g.GetProperty("groupId").GetString()));
        Assert.Equal(("Stable", "range", 1, 10), (
            groups[0].GetProperty("state").GetString(), groups[0].GetProperty("assignor").GetString(), Int(groups[0], "members"), Int(groups[0], "lag")));
        Assert.Equal(-1, Int(groups[1], "lag"));
        Assert.Equal(1, (await dashboard.GetAsync("/api/v1/groups?contains=BILL")).GetProperty("groups").GetArrayLength());
        Assert.Equal("old", (await dashboard.GetAsync("/api/v1/groups?after=billing")).GetProperty("groups")[0].GetProperty("groupId").GetString());
    }

    [Fact]
    public async Task A_group_shows_who_reads_what_and_how_far_behind()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        var orders = dashboard.Node.AddTopic("orders", 3);
        dashboard.Node.Move(orders, 0, 100, 1000, 0);
        dashboard.Node.Groups.Add(
            Group("a/b c", Member("m-1", ("orders", [0, 1]))), Offsets("orders", (0, 90), (2, 0)), Offsets("gone", (0, 7)));

        var answer = await dashboard.GetAsync("/api/v1/group?id=a%2Fb%20c");
        Assert.Equal("ok", answer.GetProperty("outcome").GetString());
        Assert.Equal(("m-1", "app", 2), (
            answer.GetProperty("members")[0].GetProperty("memberId").GetString(), answer.GetProperty("members")[0].GetProperty("clientId").GetString(),
            Int(answer.GetProperty("members")[0], "partitions")));
        var rows = answer.GetProperty("partitions").EnumerateArray().Select(p => (
            p.GetProperty("topic").GetString(), Int(p, "partition"), Int(p, "committed"), Int(p, "highWatermark"), Int(p, "lag"),
            p.GetProperty("memberId").GetString()));
        Assert.Equal(
            [("gone", 0, 7, -1, -1, null), ("orders", 0, 90, 100, 10, "m-1"), ("orders", 1, -1, 0, -1, "m-1"), ("orders", 2, 0, 0, 0, null)], rows);
        Assert.Equal("no-group", (await dashboard.GetAsync("/api/v1/group?id=none")).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_topic_shows_the_groups_that_have_offsets_in_it()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        var orders = dashboard.Node.AddTopic("orders", 2);
        dashboard.Node.AddTopic("other", 1);
        dashboard.Node.Move(orders, 0, 100, 1000, 0);
        dashboard.Node.Groups.Add(Group("billing"), Offsets("orders", (0, 60), (1, -1)));
        dashboard.Node.Groups.Add(Group("elsewhere"), Offsets("other", (0, 0)));
        var answer = await dashboard.GetAsync("/api/v1/topics/orders/groups");
        var group = Assert.Single(answer.GetProperty("groups").EnumerateArray().ToArray());
        Assert.Equal(("billing", 1, 40), (group.GetProperty("groupId").GetString(), Int(group, "partitions"), Int(group, "lag")));
        using var none = await dashboard.Http.GetAsync("/api/v1/topics/none/groups", Cancelled);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task An_assignment_that_cannot_be_read_is_not_guessed()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        var member = new GroupMemberDescription { MemberId = "m", ClientId = "c", ClientHost = "/h", Assignment = new byte[] { 0, 0, 127, 255, 255, 255 } };
        dashboard.Node.Groups.Add(Group("g", member));
        Assert.Equal(-1, Int((await dashboard.GetAsync("/api/v1/group?id=g")).GetProperty("members")[0], "partitions"));
    }

    [Fact]
    public async Task While_a_coordinator_loads_the_list_says_so()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        dashboard.Node.Groups.ListError = ErrorCode.CoordinatorLoadInProgress;
        Assert.True((await dashboard.GetAsync("/api/v1/groups")).GetProperty("isLoading").GetBoolean());
    }

    [Fact]
    public async Task Metrics_carry_states_and_lag_of_groups()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        var orders = dashboard.Node.AddTopic("orders", 1);
        dashboard.Node.Move(orders, 0, 100, 1000, 0);
        dashboard.Node.Groups.Add(Group("billing"), Offsets("orders", (0, 60)));
        var text = await dashboard.Http.GetStringAsync("/metrics", Cancelled);
        Assert.Matches("""(?m)^actors_groups\{[^}]*state="Stable"\} 1$""", text);
        Assert.Matches("""(?m)^actors_group_lag\{[^}]*group="billing",topic="orders"\} 40$""", text);
    }

    [Fact]
    public void Assignments_that_end_too_early_or_count_too_much_are_refused()
    {
        var good = Assignment(("orders", [0, 1]), ("x", []));
        Assert.Equal([("orders", 0), ("orders", 1)], MemberAssignment.TryRead(good)!);
        for (var length = 1; length < good.Length - 4; length++)
        {
            if (MemberAssignment.TryRead(good.AsSpan(0, length)) is { } read)
            {
                Assert.True(read.Count <= 2, $"{length}");
            }
        }

        Assert.Null(MemberAssignment.TryRead([0, 0, 0x7F, 0xFF, 0xFF, 0xFF]));
        Assert.Null(MemberAssignment.TryRead([0, 0, 0, 0, 0, 1, 0xFF, 0xFF]));
    }

    private static GroupDescription Group(string id, params GroupMemberDescription[] members) => new()
    {
        Error = ErrorCode.None, GroupId = id, State = GroupState.Stable, ProtocolType = "consumer", ProtocolName = "range", GenerationId = 3,
        Members = members,
    };

    private static GroupMemberDescription Member(string id, params (string Topic, int[] Partitions)[] assigned) =>
        new() { MemberId = id, ClientId = "app", ClientHost = "/10.0.0.9", Assignment = Assignment(assigned) };

    private static byte[] Assignment(params (string Topic, int[] Partitions)[] assigned)
    {
        var bytes = new List<byte> { 0, 0 };
        AddInt32(assigned.Length);
        foreach (var (topic, partitions) in assigned)
        {
            bytes.AddRange([0, (byte)topic.Length, .. System.Text.Encoding.UTF8.GetBytes(topic)]);
            AddInt32(partitions.Length);
            Array.ForEach(partitions, AddInt32);
        }

        AddInt32(-1);
        return [.. bytes];

        void AddInt32(int value) => bytes.AddRange([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);
    }

    private static TopicOffsets Offsets(string topic, params (int Partition, long Offset)[] offsets) =>
        new(topic, [.. offsets.Select(o => new CommittedOffset(o.Partition, o.Offset, -1, "", 1000))]);

    private static int Int(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
