using Microsoft.Playwright;

namespace Conformance.Dashboard;

/// <summary>
/// Debian's Chromium with one page, which may talk to the node only: a request to any other origin is stopped and remembered, as is
/// everything the page complains about.
/// </summary>
internal sealed class PageBrowser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly List<string> _complaints = [];

    private PageBrowser(IPlaywright playwright, IBrowser browser, IPage page)
    {
        _playwright = playwright;
        _browser = browser;
        Page = page;
        page.Console += (_, message) => Complain(message.Type == "error", message.Text);
        page.PageError += (_, error) => Complain(true, error);
    }

    public IPage Page { get; }

    /// <summary>Errors in the page's console, scripts that threw, requests elsewhere.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_complaints)
            {
                return [.. _complaints];
            }
        }
    }

    public static async Task<PageBrowser> OpenAsync(Uri dashboard, int width = 1280, int height = 900, ColorScheme scheme = ColorScheme.Light)
    {
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        });
        var page = await browser.NewPageAsync(new BrowserNewPageOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
        });
        var opened = new PageBrowser(playwright, browser, page);
        await page.RouteAsync("**/*", route =>
        {
            if (new Uri(route.Request.Url).Authority == dashboard.Authority)
            {
                return route.ContinueAsync();
            }

            opened.Complain(true, "asked for " + route.Request.Url);
            return route.AbortAsync();
        });
        await page.GotoAsync(dashboard.ToString());
        return opened;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    private void Complain(bool isError, string text)
    {
        if (isError)
        {
            lock (_complaints)
            {
                _complaints.Add(text);
            }
        }
    }
}
