using Actors.Cluster.Znodes;
using Actors.Hosting.Configuration;
using Actors.Model.Ports;
using Actors.Node.Cluster;
using Actors.ZooKeeper.Listener;

namespace Actors.Hosting.Silo;

/// <summary>The listener's options from the node's settings.</summary>
internal static class ZooKeeperSettings
{
    private const string SnapshotsFolder = "snapshots";

    /// <summary>What changes outcomes, and so goes through the log.</summary>
    public static TreeSettings Tree(ActorsOptions options) => TreeSettings.Default with
    {
        ExtendedTypes = options.ZooKeeper.ExtendedTypes,
        EnforceQuota = options.ZooKeeper.EnforceQuota,
        SuperDigest = options.ZooKeeper.SuperDigest.Length == 0 ? null : options.ZooKeeper.SuperDigest,
    };

    /// <summary>What sessions of Orleans clients are granted: as on port 2181, also where that is off.</summary>
    public static TreeClientSettings Clients(ActorsOptions options)
    {
        var listener = From(options);
        return new TreeClientSettings
        {
            MinSessionTimeoutMs = listener.MinSessionTimeoutMs, MaxSessionTimeoutMs = listener.MaxSessionTimeoutMs,
            SuperDigest = listener.SuperDigest,
        };
    }

    /// <summary>Bytes of snapshots and of log segments: names and sizes of a few dozen files, so cheap enough for any thread.</summary>
    public static (long SnapshotBytes, long LogBytes) DirectorySizes(string dataDirectory)
    {
        var cluster = new DirectoryInfo(Path.Combine(dataDirectory, NodeIdentity.ClusterFolder));
        var sizes = (Snapshots: 0L, Logs: 0L);
        foreach (var file in cluster.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            var isSnapshot = file.Directory!.Name == SnapshotsFolder;
            sizes = isSnapshot ? sizes with { Snapshots = sizes.Snapshots + file.Length } : sizes with { Logs = sizes.Logs + file.Length };
        }

        return sizes;
    }

    public static ZooKeeperListenerOptions From(ActorsOptions options)
    {
        var settings = options.ZooKeeper;
        var defaults = new ZooKeeperListenerOptions();
        return defaults with
        {
            Listen = ListenAddress.Parse(options.Listen),
            Port = settings.Port,
            TickTimeMs = settings.TickTimeMs,
            MinSessionTimeoutMs = settings.MinSessionTimeoutMs ?? 2 * settings.TickTimeMs,
            MaxSessionTimeoutMs = settings.MaxSessionTimeoutMs ?? (int)Math.Min(int.MaxValue, 20L * settings.TickTimeMs),
            FourLetterWords = settings.FourLetterWords.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            SuperDigest = settings.SuperDigest,
            MaxNewSessionsPerSecond = settings.MaxNewSessionsPerSecond,
            Net = defaults.Net with
            {
                MaxFrameBytes = settings.MaxBufferBytes, MaxConnectionsPerAddress = settings.MaxConnectionsPerAddress,
            },
        };
    }
}
