using System.Net;
using LoadGen.Platform;
using LoadGen.Protocol;
using LoadGen.Report;

namespace LoadGen.Scenarios;

/// <summary>The server under load: where it listens and, where known, its process.</summary>
internal sealed class Target : IDisposable
{
    private int _topics;

    public Target(IPEndPoint address, IServerMeter? meter, ProgressLine progress)
    {
        Address = address;
        Meter = meter;
        Progress = progress;
        Admin = new TopicAdmin(address);
    }

    public IPEndPoint Address { get; }
    public IServerMeter? Meter { get; }
    public ProgressLine Progress { get; }
    public TopicAdmin Admin { get; }

    public static IPEndPoint ParseAddress(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), out var port))
        {
            throw new ArgumentException($"'{text}' is not HOST:PORT");
        }

        var host = text[..colon];
        var ip = IPAddress.TryParse(host, out var parsed) ? parsed : Dns.GetHostAddresses(host)[0];
        return new IPEndPoint(ip, port);
    }

    /// <summary>A topic of this run; disposing it deletes it.</summary>
    public LoadTopic NewTopic(string purpose, int partitions, IReadOnlyDictionary<string, string> configs)
    {
        var name = $"loadgen-{purpose}-{Environment.ProcessId}-{Interlocked.Increment(ref _topics)}";
        Progress.Say($"creating {name} with {partitions} partitions");
        Admin.Create(name, partitions, configs);
        return new LoadTopic(this, name, partitions);
    }

    public void Dispose() => Admin.Dispose();
}

/// <summary>A topic made for one run and deleted behind it.</summary>
internal sealed class LoadTopic(Target target, string name, int partitions) : IDisposable
{
    private const int PatienceMs = 60_000;

    public string Name => name;

    /// <summary>The log must hold what was acknowledged, no more and no less.</summary>
    public void CheckHolds(long records)
    {
        var held = target.Admin.SumEndOffsets(name, partitions);
        if (held != records)
        {
            throw new ProtocolFault($"{records} records were acknowledged; the log of {name} ends at {held}");
        }
    }

    /// <summary>For acks=0: waits until the log holds what was sent.</summary>
    public void AwaitHolds(long records)
    {
        for (var waitedMs = 0; waitedMs < PatienceMs && target.Admin.SumEndOffsets(name, partitions) < records; waitedMs += 10)
        {
            Thread.Sleep(10);
        }

        CheckHolds(records);
    }

    public void Dispose()
    {
        try
        {
            target.Admin.Delete(name);
        }
        catch (Exception e) when (e is ProtocolFault or IOException or System.Net.Sockets.SocketException)
        {
            Console.Error.WriteLine($"{name} was not deleted: {e.Message}");
        }
    }
}
