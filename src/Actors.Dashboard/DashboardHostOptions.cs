using System.Net;

namespace Actors.Dashboard;

/// <summary>Where the dashboard listens, and its limits.</summary>
/// <param name="Address">Address to bind.</param>
/// <param name="Port">Port to bind; 0: a free one.</param>
/// <param name="AdvertisedHost">A name under which browsers may reach a loopback listener besides localhost; empty: none.</param>
public sealed record DashboardHostOptions(IPAddress Address, int Port, string AdvertisedHost)
{
    /// <summary>Largest request body: 64 KiB; nothing here takes a large one.</summary>
    public const long MaxRequestBodyBytes = 64 * 1024;

    /// <summary>Longest request line: 64 KiB; the path of a znode travels in it, and longer ones are answered 414.</summary>
    public const int MaxRequestLineBytes = 64 * 1024;

    /// <summary>Most connections at a time: 1,000, so that a crowd of browsers cannot take the node's memory.</summary>
    public const long MaxConnections = 1000;

    /// <summary>Longest wait for open requests at a stop: 2 s.</summary>
    public static TimeSpan StopTimeout { get; } = TimeSpan.FromSeconds(2);
}
