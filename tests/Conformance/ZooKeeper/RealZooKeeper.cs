using System.Diagnostics;
using System.Net.Sockets;
using Conformance.Fixtures;

namespace Conformance.ZooKeeper;

/// <summary>A real ZooKeeper of its own data and port, from Debian's jar: what this node is compared with. Never the packaged service.</summary>
internal sealed class RealZooKeeper : IAsyncDisposable
{
    /// <summary>Of <c>super:test</c>.</summary>
    public const string SuperDigest = "super:D/InIHSb7yEEbrWz8b9l71RjZJU=";

    private const string Jar = "/usr/share/java/zookeeper.jar";
    private static readonly TimeSpan s_startDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_answerDeadline = TimeSpan.FromSeconds(2);
    private readonly TempFolder _folder = new("real-zookeeper");
    private readonly Process _process;

    private RealZooKeeper()
    {
        var port = FreePort.Take();
        Address = $"127.0.0.1:{port}";
        File.WriteAllText(_folder.File("zoo.cfg"), $"""
            tickTime=2000
            dataDir={_folder.File("data")}
            clientPort={port}
            clientPortAddress=127.0.0.1
            maxClientCnxns=0
            admin.enableServer=false
            extendedTypesEnabled=true
            """);
        var start = new ProcessStartInfo("java") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])
            ["-Xmx300m", "-Dzookeeper.extendedTypesEnabled=true", "-Dznode.container.checkIntervalMs=100000000", "-Dzookeeper.enforceQuota=true",
                "-Dzookeeper.DigestAuthenticationProvider.superDigest=" + SuperDigest, "-Dzookeeper.4lw.commands.whitelist=*",
                "-cp", Jar, "org.apache.zookeeper.server.ZooKeeperServerMain", _folder.File("zoo.cfg")])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException("Could not start java");
        _process.OutputDataReceived += (_, e) => Output.Add(e.Data ?? "");
        _process.ErrorDataReceived += (_, e) => Output.Add(e.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>HOST:PORT for clients.</summary>
    public string Address { get; }

    public OutputLines Output { get; } = new();

    public static async Task<RealZooKeeper> StartAsync(CancellationToken cancellation)
    {
        var server = new RealZooKeeper();
        var began = Stopwatch.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100)); // a server of another's making tells nobody when it serves
        while (await tick.WaitForNextTickAsync(cancellation))
        {
            if (await ServesAsync(server.Address, cancellation))
            {
                return server;
            }

            if (server._process.HasExited || Stopwatch.GetElapsedTime(began) > s_startDeadline)
            {
                var output = server.Output.ToString();
                await server.DisposeAsync();
                throw new InvalidOperationException("The real ZooKeeper does not serve. It wrote:\n" + output);
            }
        }

        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }

    // A real one that is just starting may take a connection and never answer it: about one start in three, asked every 4 ms.
    private static async Task<bool> ServesAsync(string address, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(s_answerDeadline);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", int.Parse(address.AsSpan(address.LastIndexOf(':') + 1), null), patience.Token);
            await client.GetStream().WriteAsync("srvr"u8.ToArray(), patience.Token);
            using var reader = new StreamReader(client.GetStream());
            return (await reader.ReadToEndAsync(patience.Token)).Contains("Mode: ", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is SocketException or IOException ||
            (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }
}
