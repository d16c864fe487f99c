using LoadGen.Report;
using LoadGen.Scenarios;

namespace LoadGen.Peers;

/// <summary>A silo of ours from its built DLL, all but Kafka's listener on free ports. Synced acknowledgements are its default.</summary>
internal sealed class SiloPeer(string dll, int port, string extraArguments) : Peer("Actors", port)
{
    private readonly ProcessPeer _process = new(
        "Actors",
        port,
        $"dotnet '{dll}' --Actors:DataDirectory={{data}} --Actors:Kafka:Port={{port}} --Actors:Listen=127.0.0.1 --Actors:ZooKeeper:Port=-1"
            + " --Actors:ZooKeeper:Port=0 --Actors:Dashboard:Port=0 --Actors:Silo:Port=0 --Actors:Silo:GatewayPort=0"
            + " --Actors:Replication:Port=0 " + extraArguments,
        readyLine: "ready ");

    public override IReadOnlyDictionary<string, string> DurableConfigs => TopicSettings.None;

    public override RunningServer Start(string dataDirectory, ProgressLine progress) => _process.Start(dataDirectory, progress);
}
