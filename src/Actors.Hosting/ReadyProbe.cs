namespace Actors.Hosting;

/// <summary>
/// <c>Actors.Silo --probe URL</c>: asks a node's dashboard whether it is ready, for container health checks in images without curl.
/// </summary>
public static class ReadyProbe
{
    /// <summary>The longest a probe waits: 2 s.</summary>
    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(2);

    /// <summary>0 if the node is ready, 1 if it is not or does not answer, 2 if the address is none.</summary>
    public static async Task<int> RunAsync(string url, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var node) || node.Scheme is not ("http" or "https"))
        {
            await error.WriteLineAsync($"--probe: \"{url}\" is not the URL of a dashboard, such as http://127.0.0.1:8080.");
            return 2;
        }

        using var http = new HttpClient { Timeout = Timeout };
        try
        {
            using var answer = await http.GetAsync(new Uri(node, "/health/ready"));
            if (answer.IsSuccessStatusCode)
            {
                return 0;
            }

            await error.WriteLineAsync($"{node} answers {(int)answer.StatusCode}: {(await answer.Content.ReadAsStringAsync()).Trim()}");
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await error.WriteLineAsync($"{node} does not answer: {e.Message}");
        }

        return 1;
    }
}
