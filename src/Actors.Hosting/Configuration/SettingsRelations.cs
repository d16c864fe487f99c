using System.Net;

namespace Actors.Hosting.Configuration;

/// <summary>Rules over more than one setting.</summary>
internal static class SettingsRelations
{
    public static void Check(ActorsOptions options)
    {
        if (options.Cluster.ConnectionString.Length > 0)
        {
            throw new StartRefusedException(
                "Actors:Cluster:ConnectionString is set, but clusters of several nodes do not exist yet: leave it empty to run a cluster of one.");
        }

        if (!IPAddress.IsLoopback(ListenAddress.Parse(options.Listen)) && !options.AllowInsecureListen)
        {
            throw new StartRefusedException(
                $"Actors:Listen is \"{options.Listen}\", which others can reach without a password: "
                + "set Actors:AllowInsecureListen=true if that is what you want, or listen on 127.0.0.1.");
        }

        RequireOrder(
            "Actors:Groups:MinSessionTimeoutMs", options.Groups.MinSessionTimeoutMs,
            "Actors:Groups:MaxSessionTimeoutMs", options.Groups.MaxSessionTimeoutMs);
        RequireOrder(
            "Actors:ZooKeeper:MinSessionTimeoutMs", options.ZooKeeper.MinSessionTimeoutMs ?? 2L * options.ZooKeeper.TickTimeMs,
            "Actors:ZooKeeper:MaxSessionTimeoutMs", options.ZooKeeper.MaxSessionTimeoutMs ?? 20L * options.ZooKeeper.TickTimeMs);
        RequireDifferentPorts(options);
    }

    private static void RequireOrder(string lowKey, long low, string highKey, long high)
    {
        if (low > high)
        {
            throw new StartRefusedException($"{lowKey} is {low}, which is above {highKey} ({high}).");
        }
    }

    private static void RequireDifferentPorts(ActorsOptions options)
    {
        // Replication is left out while it binds nothing.
        (string Key, int Port)[] ports =
        [
            ("Actors:Kafka:Port", options.Kafka.Port),
            ("Actors:ZooKeeper:Port", options.ZooKeeper.Port),
            ("Actors:Dashboard:Port", options.Dashboard.Port),
            ("Actors:Silo:Port", options.Silo.Port),
            ("Actors:Silo:GatewayPort", options.Silo.GatewayPort),
        ];
        for (var i = 0; i < ports.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (ports[i].Port > 0 && ports[i].Port == ports[j].Port)
                {
                    throw new StartRefusedException($"{ports[j].Key} and {ports[i].Key} are both {ports[i].Port}.");
                }
            }
        }
    }
}
