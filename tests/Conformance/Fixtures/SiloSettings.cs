namespace Conformance.Fixtures;

/// <summary>How one node is started. Port 0 is a free one, -1 is off, as in the configuration contract.</summary>
public sealed record SiloSettings(string DataDirectory)
{
    public int KafkaPort { get; init; }

    /// <summary>Off unless a test wants it.</summary>
    public int ZooKeeperPort { get; init; } = -1;

    public int DashboardPort { get; init; }

    public int SiloPort { get; init; }

    public int GatewayPort { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Settings whose Kafka port stays the same over restarts, see <see cref="FreePort"/>.</summary>
    public static SiloSettings WithFixedKafkaPort(string dataDirectory) => new(dataDirectory) { KafkaPort = FreePort.Take() };

    /// <summary><c>point:count:kill</c>: the process kills itself when it passes that fault point for the count-th time.</summary>
    public SiloSettings WithFault(string fault) =>
        this with { Environment = new Dictionary<string, string>(Environment) { ["ACTORS_FAULT"] = fault } };

    internal IEnumerable<string> CommandLine() =>
    [
        $"--Actors:DataDirectory={DataDirectory}",
        $"--Actors:Kafka:Port={KafkaPort}",
        $"--Actors:Dashboard:Port={DashboardPort}",
        $"--Actors:Silo:Port={SiloPort}",
        $"--Actors:Silo:GatewayPort={GatewayPort}",
        $"--Actors:ZooKeeper:Port={ZooKeeperPort}",
        "--Actors:Replication:Port=0",
        .. Arguments,
    ];
}
