using Conformance.Clients;
using Conformance.Fixtures;
using Confluent.Kafka;
using Microsoft.Playwright;

namespace Conformance.Dashboard;

/// <summary>The live page in a real browser, on a real node under a real client.</summary>
public sealed class DashboardPageTests : IDisposable
{
    private const int PhoneWidth = 390;

    // Generous: the machine may be busy. A figure on the page is due within two seconds.
    private static readonly LocatorAssertionsToHaveTextOptions Text = new() { Timeout = 30_000 };
    private static readonly LocatorAssertionsToContainTextOptions Contains = new() { Timeout = 30_000 };

    private readonly TempFolder _data = new("dashboard");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task The_page_shows_topics_messages_and_charts_and_follows_them_without_a_reload()
    {
        await using var silo = await SiloProcess.StartAsync(new SiloSettings(_data.Path), Cancellation);
        await using var browser = await PageBrowser.OpenAsync(silo.Ready.Dashboard);
        var page = browser.Page;
        await Expect(page.Locator("#verdict")).ToHaveTextAsync("All is well.", Text);
        await Expect(page.Locator("#topics")).ToContainTextAsync("No topics yet", Contains);
        await Expect(page.Locator("#addresses")).ToContainTextAsync(silo.Kafka, Contains);
        await Expect(page.Locator("#log-directories")).ToContainTextAsync(_data.Path, Contains);

        await ProduceAsync(silo, 1000);
        var row = page.Locator("#topics tbody tr");
        await Expect(row).ToContainTextAsync("orders", Contains);
        await Expect(row.Locator("td").Nth(2)).ToHaveTextAsync("1,000", Text);
        await ProduceAsync(silo, 234);
        await Expect(row.Locator("td").Nth(2)).ToHaveTextAsync("1,234", Text);
        await Expect(page.Locator("#tile-messages")).ToContainTextAsync("total 1.23k", Contains);

        await page.WaitForFunctionAsync(DrawnCanvases + " === 3");
        Assert.Empty(browser.Complaints);
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task A_topic_has_a_page_with_its_partitions_and_settings()
    {
        await using var silo = await SiloProcess.StartAsync(new SiloSettings(_data.Path), Cancellation);
        await ProduceAsync(silo, 7);
        await using var browser = await PageBrowser.OpenAsync(silo.Ready.Dashboard);
        await browser.Page.GetByRole(AriaRole.Link, new() { Name = "orders" }).ClickAsync();
        await Expect(browser.Page.Locator("h1")).ToHaveTextAsync("orders", Text);
        var partition = browser.Page.Locator("#partitions tbody tr");
        await Expect(partition).ToHaveCountAsync(1, new() { Timeout = 30_000 });
        await Expect(partition.Locator("td").Nth(5)).ToHaveTextAsync("7", Text);
        Assert.Empty(browser.Complaints);
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task A_connected_client_is_named_with_its_library()
    {
        await using var silo = await SiloProcess.StartAsync(new SiloSettings(_data.Path), Cancellation);
        await ProduceAsync(silo, 1);
        await using var browser = await PageBrowser.OpenAsync(silo.Ready.Dashboard);
        await Expect(browser.Page.Locator("#connections")).ToContainTextAsync("Nobody is connected.", Contains);

        using (var consumer = ConfluentClients.Consumer(silo.Kafka, c => c.ClientId = "billing"))
        {
            consumer.Assign(new TopicPartitionOffset("orders", 0, 0));
            Assert.NotNull(consumer.Consume(ConfluentClients.Patience));
            var connections = browser.Page.Locator("#connections tbody");
            await Expect(connections).ToContainTextAsync("billing", Contains);
            await Expect(connections).ToContainTextAsync("confluent-kafka-dotnet", Contains);
        }

        await Expect(browser.Page.Locator("#connections")).ToContainTextAsync("Nobody is connected.", Contains);
        Assert.Empty(browser.Complaints);
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task The_page_finds_its_node_again_after_a_crash()
    {
        var settings = new SiloSettings(_data.Path) { DashboardPort = FreePort.Take() };
        await using var silo = await SiloProcess.StartAsync(settings, Cancellation);
        await ProduceAsync(silo, 5);
        await using var browser = await PageBrowser.OpenAsync(silo.Ready.Dashboard);
        await Expect(browser.Page.Locator("#topics tbody tr td").Nth(2)).ToHaveTextAsync("5", Text);

        await silo.Kill9Async();
        await Expect(browser.Page.Locator("#verdict")).ToHaveTextAsync("No connection", Text);
        await using var again = await SiloProcess.StartAsync(settings, Cancellation);
        await Expect(browser.Page.Locator("#verdict")).ToHaveTextAsync("All is well.", Text);
        await ProduceAsync(again, 5);
        await Expect(browser.Page.Locator("#topics tbody tr td").Nth(2)).ToHaveTextAsync("10", Text);
    }

    [Theory(Explicit = true, Timeout = 180_000)]
    [InlineData(ColorScheme.Light, "rgb(245, 246, 248)")]
    [InlineData(ColorScheme.Dark, "rgb(16, 19, 23)")]
    public async Task On_a_phone_nothing_is_wider_than_the_screen_in_light_and_in_dark(ColorScheme scheme, string background)
    {
        await using var silo = await SiloProcess.StartAsync(new SiloSettings(_data.Path), Cancellation);
        await ProduceAsync(silo, 1000);
        await using var browser = await PageBrowser.OpenAsync(silo.Ready.Dashboard, PhoneWidth, 844, scheme);
        await Expect(browser.Page.Locator("#topics tbody tr")).ToContainTextAsync("orders", Contains);
        Assert.Equal(PhoneWidth, await browser.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal(background, await browser.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        Assert.Empty(browser.Complaints);
    }

    public void Dispose() => _data.Dispose();

    // Canvases on which something has been drawn.
    private const string DrawnCanvases =
        "[...document.querySelectorAll('.plot canvas')].filter(c => "
        + "c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v !== 0)).length";

    private static async Task ProduceAsync(SiloProcess silo, int count) =>
        (await Kcat.RunAsync(silo.Kafka, string.Concat(Enumerable.Range(0, count).Select(i => $"line {i}\n")), "-P", "-t", "orders")).Succeeded();

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
