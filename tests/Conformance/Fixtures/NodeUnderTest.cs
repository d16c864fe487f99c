namespace Conformance.Fixtures;

/// <summary>
/// The one node that the client tests share; each uses topics of its own. ACTORS_TEST_BOOTSTRAP=host:port points them at any other
/// Kafka instead: a test that fails there is wrong, a test that fails only here has found something.
/// </summary>
public sealed class NodeUnderTest : IAsyncLifetime
{
    private static int _topics;

    private readonly TempFolder _folder = new("shared");
    private SiloProcess? _silo;

    public static string? Foreign => Environment.GetEnvironmentVariable("ACTORS_TEST_BOOTSTRAP") is { Length: > 0 } value ? value : null;

    public string Bootstrap => Foreign ?? Silo.Kafka;

    public string Host => Bootstrap[..Bootstrap.LastIndexOf(':')];

    public int Port => int.Parse(Bootstrap[(Bootstrap.LastIndexOf(':') + 1)..], null);

    /// <summary>Asking for a node that is gone fails at once: no test need wait for a client to find out.</summary>
    public SiloProcess Silo
    {
        get
        {
            var silo = _silo ?? throw new InvalidOperationException("These tests run against ACTORS_TEST_BOOTSTRAP: there is no process of ours");
            return silo.HasExited
                ? throw new InvalidOperationException($"The shared node ended with {silo.Exited.Result} under an earlier test. It wrote:\n{silo.Output}")
                : silo;
        }
    }

    public static string NewTopic(string purpose) =>
        $"{purpose}-{Environment.ProcessId:x}-{Interlocked.Increment(ref _topics)}";

    public async ValueTask InitializeAsync()
    {
        if (Foreign is null)
        {
            // Groups form at once: what waiting for more members is worth is not for every test to pay.
            var settings = new SiloSettings(_folder.Path) { Arguments = ["--Actors:Groups:InitialRebalanceDelayMs=100"] };
            _silo = await SiloProcess.StartAsync(settings, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_silo is not null)
        {
            await _silo.EndAsync("The shared node");
        }

        _folder.Dispose();
    }
}
