using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Actors.Dashboard.Sampling;
using Actors.Model.Ports;

namespace Actors.Tests.Dashboard;

public sealed class DashboardApiTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_overview_names_node_addresses_totals_and_log_directories()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        var orders = dashboard.Node.AddTopic("orders", 3);
        dashboard.Node.Move(orders, 0, 10, 1000, 500);
        dashboard.Node.ListenerTotals = new ListenerTotals(2, 5, 1, 1100, 700, 12, 0);
        await dashboard.PassOneSecondAsync();

        var overview = await dashboard.GetAsync("/api/v1/overview");
        Assert.Equal(1, overview.GetProperty("node").GetProperty("id").GetInt32());
        Assert.Equal("1.2.3", overview.GetProperty("node").GetProperty("version").GetString());
        Assert.Equal(1000, overview.GetProperty("node").GetProperty("uptimeMs").GetInt64());
        Assert.Equal("127.0.0.1:9092", overview.GetProperty("addresses")[0].GetProperty("address").GetString());
        var totals = overview.GetProperty("totals");
        Assert.Equal((1, 3, 1), (Int(totals, "topics"), Int(totals, "partitions"), Int(totals, "openPartitions")));
        Assert.Equal((2, 5, 1), (Int(totals, "connections"), Int(totals, "acceptedConnections"), Int(totals, "refusedConnections")));
        Assert.Equal((10, 1000, 500), (Int(totals, "recordsIn"), Int(totals, "bytesIn"), Int(totals, "bytesOut")));
        Assert.Equal("/var/lib/actors", overview.GetProperty("logDirectories")[0].GetProperty("path").GetString());
    }

    [Fact]
    public async Task Rates_are_what_happened_per_second_of_the_clock()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        var orders = dashboard.Node.AddTopic("orders", 1);
        dashboard.Node.Move(orders, 0, 100, 5000, 0);
        await dashboard.PassOneSecondAsync();
        dashboard.Node.Move(orders, 0, 40, 2000, 600);
        await dashboard.PassOneSecondAsync();

        var rates = (await dashboard.GetAsync("/api/v1/overview")).GetProperty("rates");
        Assert.Equal((40, 2000, 600), (Int(rates, "recordsIn"), Int(rates, "bytesIn"), Int(rates, "bytesOut")));
        var history = await dashboard.GetAsync("/api/v1/history");
        Assert.Equal([100.0, 40.0], history.GetProperty("recordsIn").EnumerateArray().Select(v => v.GetDouble()));
        Assert.Equal(2, history.GetProperty("atMs").GetArrayLength());

        await dashboard.PassOneSecondAsync();
        Assert.Equal(0, Int((await dashboard.GetAsync("/api/v1/overview")).GetProperty("rates"), "recordsIn"));
    }

    [Fact]
    public async Task History_keeps_the_last_ten_minutes_only()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        for (var second = 0; second < SampleHistory.Capacity + 5; second++)
        {
            await dashboard.PassOneSecondAsync();
        }

        var at = (await dashboard.GetAsync("/api/v1/history")).GetProperty("atMs").EnumerateArray().Select(v => v.GetInt64()).ToArray();
        Assert.Equal(SampleHistory.Capacity, at.Length);
        Assert.Equal((SampleHistory.Capacity - 1) * 1000L, at[^1] - at[0]);
    }

    [Fact]
    public async Task Topics_are_listed_in_order_filtered_and_paged()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        foreach (var name in new[] { "b-orders", "a", "c-ORDERS", "d" })
        {
            dashboard.Node.AddTopic(name, 2);
        }

        Assert.Equal(["a", "b-orders", "c-ORDERS", "d"], await NamesAsync("/api/v1/topics"));
        Assert.Equal(["b-orders", "c-ORDERS"], await NamesAsync("/api/v1/topics?contains=orders"));
        Assert.Equal(["b-orders"], await NamesAsync("/api/v1/topics?after=a&limit=1"));
        Assert.Equal(4, Int(await dashboard.GetAsync("/api/v1/topics?limit=1"), "count"));

        async Task<string?[]> NamesAsync(string path) =>
            [.. (await dashboard.GetAsync(path)).GetProperty("topics").EnumerateArray().Select(t => t.GetProperty("name").GetString())];
    }

    [Fact]
    public async Task A_list_opens_cold_partitions_to_count_their_messages_but_not_without_limit()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        dashboard.Node.AddTopic("wide", 250);
        var topic = (await dashboard.GetAsync("/api/v1/topics")).GetProperty("topics")[0];
        Assert.Equal(100, dashboard.Node.Opened.Count);
        Assert.Equal(150, Int(topic, "coldPartitions"));
    }

    [Fact]
    public async Task A_topic_shows_leader_epoch_offsets_and_size_of_each_partition()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        var orders = dashboard.Node.AddTopic("orders", 2, new Dictionary<string, string> { ["segment.bytes"] = "1048576" });
        dashboard.Node.Move(orders, 1, 7, 700, 0);
        var answer = await dashboard.GetAsync("/api/v1/topics/orders");
        Assert.Equal("1048576", answer.GetProperty("configs").GetProperty("segment.bytes").GetString());
        var partition = answer.GetProperty("partitions")[1];
        Assert.Equal((1, 0, 7, 7, 700), (
            Int(partition, "leader"), Int(partition, "leaderEpoch"), Int(partition, "highWatermark"), Int(partition, "logEnd"), Int(partition, "sizeBytes")));
        Assert.Equal("open", partition.GetProperty("state").GetString());
        Assert.Equal(7, Int(answer.GetProperty("topic"), "messages"));
        Assert.Equal(HttpStatusCode.NotFound, (await dashboard.Http.GetAsync("/api/v1/topics/none", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Connections_show_client_library_address_and_bytes()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        dashboard.Node.Connections.Add(new ConnectionStatistics(7, "10.0.0.9:40000", "billing", "librdkafka 2.0.2", 1000, 12, 34, 5));
        var connection = (await dashboard.GetAsync("/api/v1/connections")).GetProperty("connections")[0];
        Assert.Equal("billing", connection.GetProperty("clientId").GetString());
        Assert.Equal("librdkafka 2.0.2", connection.GetProperty("library").GetString());
        Assert.Equal("10.0.0.9:40000", connection.GetProperty("remoteAddress").GetString());
        Assert.Equal((12, 34, 5), (Int(connection, "bytesReceived"), Int(connection, "bytesSent"), Int(connection, "requests")));
    }

    [Fact]
    public async Task Events_bring_a_tick_a_second_with_what_moved()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        var orders = dashboard.Node.AddTopic("orders", 1);
        dashboard.Node.AddTopic("still", 1);
        await dashboard.PassOneSecondAsync();
        await using var stream = await dashboard.Http.GetStreamAsync("/api/v1/events", Cancelled);
        await using var events = SseParser.Create(stream).EnumerateAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("tick", events.Current.EventType); // the last one, at once

        JsonElement[] moved = [];
        for (var second = 0; second < SamplesUntilStill; second++)
        {
            dashboard.Node.Move(orders, 0, 5, 50, 20);
            await dashboard.PassOneSecondAsync();
            Assert.True(await events.MoveNextAsync());
            using var tick = JsonDocument.Parse(events.Current.Data);
            moved = [.. tick.RootElement.GetProperty("topics").EnumerateArray().Select(t => t.Clone())];
        }

        var topic = Assert.Single(moved);
        Assert.Equal("orders", topic.GetProperty("name").GetString());
        Assert.Equal((5, 50, 20), (Int(topic, "recordsInPerSecond"), Int(topic, "bytesInPerSecond"), Int(topic, "bytesOutPerSecond")));
    }

    [Fact]
    public async Task A_stop_ends_open_event_streams()
    {
        var dashboard = await DashboardUnderTest.StartAsync();
        await dashboard.PassOneSecondAsync();
        await using var stream = await dashboard.Http.GetStreamAsync("/api/v1/events", Cancelled);
        await using var events = SseParser.Create(stream).EnumerateAsync(Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await events.MoveNextAsync());
        var end = events.MoveNextAsync();
        await dashboard.DisposeAsync();
        Assert.False(await end);
    }

    [Fact]
    public async Task Before_the_node_is_open_the_api_says_so_instead_of_guessing()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync(open: false);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await dashboard.Http.GetAsync("/api/v1/topics", Cancelled)).StatusCode);
        Assert.Equal("starting", (await dashboard.GetAsync("/api/v1/overview")).GetProperty("health").GetProperty("phase").GetString());
    }

    private const int SamplesUntilStill = TopicRates.SamplesAfterStill + 2;

    private static long Int(JsonElement element, string name) => (long)element.GetProperty(name).GetDouble();
}
