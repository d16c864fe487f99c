using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Actors.Tests.Dashboard;

public sealed partial class PageTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_page_loads_only_what_the_node_itself_serves()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        using var page = await dashboard.Http.GetAsync("/", Cancelled);
        Assert.StartsWith("default-src 'self';", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var html = await page.Content.ReadAsStringAsync(Cancelled);
        var references = Reference().Matches(html).Select(m => m.Groups[1].Value).ToArray();
        Assert.Equal(["./icon.svg", "./app.js", "./app.css"], references);
        foreach (var reference in references)
        {
            Assert.Equal(HttpStatusCode.OK, (await dashboard.Http.GetAsync(reference, Cancelled)).StatusCode);
        }
    }

    [Fact]
    public async Task A_file_that_a_browser_has_is_not_sent_again()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        using var first = await dashboard.Http.GetAsync("/app.js", Cancelled);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/app.js");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await dashboard.Http.SendAsync(request, Cancelled)).StatusCode);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1:1", HttpStatusCode.OK)]
    public async Task A_foreign_name_that_points_here_gets_nothing_from_a_loopback_listener(string host, HttpStatusCode code)
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/overview");
        request.Headers.Host = host;
        Assert.Equal(code, (await dashboard.Http.SendAsync(request, Cancelled)).StatusCode);
    }

    [Fact]
    public async Task Metrics_carry_the_same_figures_as_the_page()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        var orders = dashboard.Node.AddTopic("orders", 2);
        dashboard.Node.Move(orders, 0, 10, 1000, 500);
        var text = await dashboard.Http.GetStringAsync("/metrics", Cancelled);
        Assert.Matches("""(?m)^actors_topic_messages\{[^}]*topic="orders"\} 10$""", text);
        Assert.Matches("""(?m)^actors_topic_appended_bytes_total\{[^}]*topic="orders"\} 1000$""", text);
        Assert.Matches("""(?m)^actors_partitions_read_bytes_total\{[^}]*\} 500$""", text);
        Assert.Matches("""(?m)^actors_node_ready\{[^}]*\} 1$""", text);
        Assert.Matches("""(?m)^actors_log_directory_failed\{[^}]*path="/var/lib/actors"\} 0$""", text);
    }

    [Fact]
    public async Task Every_metric_is_documented()
    {
        await using var dashboard = await DashboardUnderTest.StartAsync();
        dashboard.Node.AddTopic("orders", 1);
        var text = await dashboard.Http.GetStringAsync("/metrics", Cancelled);
        var documented = await File.ReadAllTextAsync(Path.Combine(Tidy.RepositoryFiles.Root, "docs", "METRICS.md"), Cancelled);
        var names = MetricName().Matches(text).Select(m => m.Groups[1].Value).ToArray();
        Assert.True(names.Length > 20, text);
        Assert.DoesNotContain(names, n => !documented.Contains('`' + n + '`', StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_served_was_built_from_the_sources_beside_it()
    {
        var web = Path.Combine(Tidy.RepositoryFiles.Root, "src", "Actors.Dashboard", "web");
        string[] inputs =
        [
            "index.html", "package-lock.json", "package.json", "vite.config.ts",
            .. new[] { "public", "src" }.SelectMany(f => Directory.EnumerateFiles(Path.Combine(web, f), "*", SearchOption.AllDirectories))
                .Select(f => Path.GetRelativePath(web, f).Replace('\\', '/')),
        ];
        Array.Sort(inputs, StringComparer.Ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var input in inputs)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(input + "\n"));
            hash.AppendData(File.ReadAllBytes(Path.Combine(web, input)));
            hash.AppendData("\n"u8);
        }

        var built = File.ReadAllText(Path.Combine(web, "dist", "sources.sha256")).Trim();
        Assert.True(
            built == Convert.ToHexStringLower(hash.GetHashAndReset()),
            "web/dist is older than its sources: dotnet build src/Actors.Dashboard -p:BuildDashboard=true");
    }

    [GeneratedRegex("""(?:src|href)="([^"]*)""")]
    private static partial Regex Reference();

    [GeneratedRegex(@"(?m)^# TYPE (actors_\S+) ")]
    private static partial Regex MetricName();
}
