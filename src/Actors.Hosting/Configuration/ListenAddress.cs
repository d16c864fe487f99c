using System.Net;
using System.Net.Sockets;

namespace Actors.Hosting.Configuration;

/// <summary>What <c>Actors:Listen</c> and <c>Actors:Advertise</c> mean for sockets and for people.</summary>
internal static class ListenAddress
{
    /// <summary>The address to bind; the text has been checked.</summary>
    public static IPAddress Parse(string listen) => listen switch
    {
        "*" => IPAddress.Any,
        "localhost" => IPAddress.Loopback,
        _ => IPAddress.Parse(listen),
    };

    /// <summary>A host under which a listener can be reached: the advertised one, else the bound one, else loopback.</summary>
    public static string HostFor(ActorsOptions options)
    {
        if (options.Advertise.Length > 0)
        {
            return Bracket(options.Advertise);
        }

        var bound = Parse(options.Listen);
        return bound.Equals(IPAddress.Any) ? "127.0.0.1"
            : bound.Equals(IPAddress.IPv6Any) ? "[::1]"
            : Bracket(bound.ToString());
    }

    /// <summary>The address that Orleans tells others: an address, never a name.</summary>
    /// <exception cref="StartRefusedException">The advertised host has no address here.</exception>
    public static IPAddress ForOrleans(ActorsOptions options)
    {
        var bound = Parse(options.Listen);
        if (options.Advertise.Length == 0)
        {
            return bound.Equals(IPAddress.Any) ? IPAddress.Loopback : bound.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : bound;
        }

        if (IPAddress.TryParse(options.Advertise, out var literal))
        {
            return literal;
        }

        try
        {
            var all = Dns.GetHostAddresses(options.Advertise);
            return Array.Find(all, a => a.AddressFamily == bound.AddressFamily) ?? all[0];
        }
        catch (Exception e) when (e is SocketException or IndexOutOfRangeException)
        {
            throw new StartRefusedException(
                $"Actors:Advertise is \"{options.Advertise}\", which has no address on this machine.", StartRefusedException.BadSurroundings, e);
        }
    }

    private static string Bracket(string host) =>
        host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? "[" + host + "]" : host;
}
