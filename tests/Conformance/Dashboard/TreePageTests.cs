using System.Text;
using Conformance.Clients;
using Conformance.Fixtures;
using Microsoft.Playwright;

namespace Conformance.Dashboard;

/// <summary>The live page's tree, sessions and groups in a real browser, over real clients.</summary>
public sealed class TreePageTests : IDisposable
{
    private const int PhoneWidth = 390;
    private const string Python = "/usr/bin/python3";

    private static readonly LocatorAssertionsToContainTextOptions Contains = new() { Timeout = 30_000 };
    private static readonly LocatorAssertionsToHaveTextOptions Text = new() { Timeout = 30_000 };
    private static readonly LocatorAssertionsToHaveCountOptions Count = new() { Timeout = 30_000 };

    private readonly TempFolder _data = new("tree-page");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task An_empty_tree_says_what_to_do_and_that_can_be_done()
    {
        await using var silo = await StartAsync();
        await using var browser = await PageBrowser.OpenAsync(new Uri(silo.Ready.Dashboard, "#/tree"));
        var command = await browser.Page.Locator(".empty .command").InnerTextAsync();
        Assert.Equal($"zkCli.sh -server {silo.Ready.Values["zookeeper"]} create /hello world", command.Trim());
        var words = command.Trim().Split(' ');
        await ClientProcess.RunAsync(
            "/usr/share/zookeeper/bin/zkCli.sh", words[1..], new MemoryStream(), output: null, ClientProcess.DefaultDeadline, Cancellation);

        var hello = Row(browser.Page, "/hello");
        await Expect(hello).ToHaveCountAsync(1, Count);
        await hello.ClickAsync();
        await Expect(browser.Page.Locator("#data")).ToHaveTextAsync("world", Text);
        Assert.Empty(browser.Complaints);
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task The_tree_shows_znodes_with_data_and_owner_and_follows_what_goes()
    {
        await using var silo = await StartAsync();
        await using var client = await MakeZnodesAsync(silo);
        var session = client.Lines[0].Split(' ')[1];
        await using var browser = await PageBrowser.OpenAsync(new Uri(silo.Ready.Dashboard, "#/tree/payments/config/eu"));
        var page = browser.Page;
        await Expect(page.Locator("#data")).ToContainTextAsync("\"limit\": 12345678901234567890", Contains);
        await Expect(page.Locator("[aria-selected=true] .name")).ToHaveTextAsync("eu", Text);
        await Expect(page.Locator("#acl")).ToContainTextAsync("everything", Contains);
        await Expect(page.Locator(".watchers")).ToContainTextAsync(session, Contains);

        // With the keyboard to the znode below the folder that is closed first: up, close, down to the master.
        await page.Locator("[aria-selected=true]").FocusAsync();
        await page.Keyboard.PressAsync("ArrowUp");
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".kind")).ToContainTextAsync("Ephemeral. It goes with its session, " + session, Contains);
        Assert.EndsWith("#/tree/payments/master", page.Url, StringComparison.Ordinal);
        await Expect(Row(page, "/payments/worker-0000000002")).ToContainTextAsync("seq", Contains);
        await page.GotoAsync(new Uri(silo.Ready.Dashboard, "#/tree/bytes").ToString());
        await Expect(page.Locator("#data")).ToContainTextAsync("0010  10 11 12", Contains);
        await page.GotoAsync(new Uri(silo.Ready.Dashboard, "#/tree/payments/master").ToString());
        await Expect(page.Locator("#data")).ToHaveTextAsync("10.0.0.7", Text);

        await client.StopAsync();
        await Expect(Row(page, "/payments/master")).ToHaveCountAsync(0, Count);
        await Expect(page.Locator("#outcome")).ToContainTextAsync("There is no znode of this path.", Contains);
        Assert.Empty(browser.Complaints);
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task What_not_everybody_may_read_stays_hidden_and_what_looks_like_script_is_text()
    {
        await using var silo = await StartAsync();
        await using var client = await MakeZnodesAsync(silo);
        await using var browser = await PageBrowser.OpenAsync(new Uri(silo.Ready.Dashboard, "#/tree/payments/secret"));
        var page = browser.Page;
        var answers = new StringBuilder();
        page.Response += async (_, response) =>
        {
            if (response.Url.Contains("/api/v1/tree/", StringComparison.Ordinal))
            {
                var text = await response.TextAsync();
                lock (answers)
                {
                    answers.Append(text);
                }
            }
        };
        await Expect(page.Locator("#outcome")).ToContainTextAsync("No permission.", Contains);
        await Expect(Row(page, "/payments/secret")).ToContainTextAsync("no permission", Contains);
        await page.GotoAsync(new Uri(silo.Ready.Dashboard, "#/sessions").ToString());
        await Expect(page.Locator("#watches")).ToContainTextAsync("1 more below znodes that world:anyone may not read", Contains);
        lock (answers)
        {
            Assert.DoesNotContain("the password", answers.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String("the password"u8), answers.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("secret/below", answers.ToString(), StringComparison.Ordinal);
        }

        await page.GotoAsync(new Uri(silo.Ready.Dashboard, "#/tree").ToString());
        var name = page.Locator(".name", new() { HasText = "<img src=x" });
        await name.ClickAsync();
        await Expect(page.Locator("#data")).ToHaveTextAsync("<script>window.struck=1</script><img src=x onerror=window.struck=1>", Text);
        Assert.Equal(0, await page.Locator("#app script, #app img").CountAsync());
        Assert.True(await page.EvaluateAsync<bool>("window.struck === undefined"));
        Assert.Empty(browser.Complaints);
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task Very_many_children_come_in_pages_and_can_be_filtered_and_gone_to()
    {
        await using var silo = await StartAsync();
        await using var client = await MakeZnodesAsync(silo);
        await using var browser = await PageBrowser.OpenAsync(new Uri(silo.Ready.Dashboard, "#/tree/many"));
        var page = browser.Page;
        var items = page.Locator("[data-path^='/many/']");
        await Row(page, "/many").Locator(".twisty").ClickAsync();
        await Expect(items).ToHaveCountAsync(200, Count);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show more of 3,000" }).ClickAsync();
        await Expect(items).ToHaveCountAsync(400, Count);
        await page.GetByLabel("Filter children of /many").FillAsync("-0277");
        await Expect(items).ToHaveCountAsync(10, Count);
        await page.GetByLabel("Filter children of /many").FillAsync("");
        await page.GetByLabel("Go to path").FillAsync("many/item-02999/");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("[aria-selected=true] .name")).ToHaveTextAsync("item-02999", Text);
        Assert.Empty(browser.Complaints);
    }

    [Fact(Explicit = true, Timeout = 180_000)]
    public async Task Groups_show_where_each_service_stands_and_sessions_what_they_hold()
    {
        await using var silo = await StartAsync();
        await using var znodes = await MakeZnodesAsync(silo);
        (await Kcat.RunAsync(silo.Kafka, string.Concat(Enumerable.Range(0, 1000).Select(i => $"line {i}\n")), "-P", "-t", "complaints")).Succeeded();
        foreach (var (group, count) in new[] { ("mails", "10"), ("reports", "200") })
        {
            (await Kcat.RunAsync(silo.Kafka, "", "-G", group, "-c", count, "-q", "-X", "auto.offset.reset=earliest", "complaints")).Succeeded();
        }

        await using var browser = await PageBrowser.OpenAsync(new Uri(silo.Ready.Dashboard, "#/groups"));
        var page = browser.Page;
        await Expect(page.Locator("#groups tbody tr")).ToHaveCountAsync(2, Count);
        await Expect(page.Locator("#groups tbody tr").Nth(0)).ToContainTextAsync("990", Contains);
        await page.GetByRole(AriaRole.Link, new() { Name = "reports" }).ClickAsync();
        await Expect(page.Locator("#group-partitions tbody tr td").Nth(2)).ToHaveTextAsync("200", Text);
        await Expect(page.Locator("#tile-lag dd")).ToContainTextAsync("800", Contains);
        await Expect(page.Locator("#members")).ToContainTextAsync("No members", Contains);
        await using (var member = RunningClient.Start(
            "kcat", "-b", silo.Kafka, "-G", "reports", "-q", "-X", "client.id=billing", "complaints"))
        {
            await Expect(page.Locator("#members tbody tr")).ToContainTextAsync("billing", Contains);
        }

        await page.GetByRole(AriaRole.Link, new() { Name = "complaints" }).ClickAsync();
        await Expect(page.Locator("#topic-groups tbody tr").Nth(0)).ToContainTextAsync("990", Contains);
        await page.GetByRole(AriaRole.Link, new() { Name = "Sessions" }).First.ClickAsync();
        await page.Locator("#sessions tbody a").ClickAsync();
        await Expect(page.Locator("#ephemerals")).ToContainTextAsync("/payments/master", Contains);
        await Expect(page.Locator("#session-watches")).ToContainTextAsync("/payments/config/eu", Contains);
        Assert.Empty(browser.Complaints);
    }

    [Theory(Explicit = true, Timeout = 180_000)]
    [InlineData(PhoneWidth, ColorScheme.Light)]
    [InlineData(1000, ColorScheme.Dark)]
    public async Task No_part_of_the_page_is_wider_than_the_screen(int width, ColorScheme scheme)
    {
        await using var silo = await StartAsync();
        await using var client = await MakeZnodesAsync(silo);
        await using var browser = await PageBrowser.OpenAsync(new Uri(silo.Ready.Dashboard, "#/tree/bytes"), width, 844, scheme);
        await Expect(browser.Page.Locator("#data")).ToContainTextAsync("0000", Contains);
        foreach (var part in new[] { "#/tree/bytes", "#/sessions", "#/sessions/" + client.Lines[0].Split(' ')[1], "#/groups", "#/" })
        {
            await browser.Page.GotoAsync(new Uri(silo.Ready.Dashboard, part).ToString());
            await Expect(browser.Page.Locator(".card").First).ToBeVisibleAsync();
            Assert.Equal((part, width), (part, await browser.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")));
        }

        Assert.Empty(browser.Complaints);
    }

    public void Dispose() => _data.Dispose();

    private static ILocator Row(IPage page, string path) => page.Locator($"[role=treeitem][data-path='{path}']");

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    private static async Task<RunningClient> MakeZnodesAsync(SiloProcess silo)
    {
        var client = RunningClient.Start(
            Python, Path.Combine(AppContext.BaseDirectory, "ZooKeeper", "Scripts", "page_tree.py"), silo.Ready.Values["zookeeper"]);
        try
        {
            await RunningClient.UntilAsync(() => client.Lines.Any(l => l.StartsWith("ready ", StringComparison.Ordinal)), "znodes", client);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\nThe node, {(silo.HasExited ? "which has ended" : "which runs")}, wrote:\n{silo.Output}", e);
        }

        return client;
    }

    private Task<SiloProcess> StartAsync() => SiloProcess.StartAsync(
        new SiloSettings(_data.Path) { ZooKeeperPort = 0, Arguments = ["--Actors:Groups:InitialRebalanceDelayMs=200"] }, Cancellation);
}
