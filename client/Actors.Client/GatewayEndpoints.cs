using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Actors.Abstractions;

namespace Actors.Client;

/// <summary>Reads <see cref="ActorsClientOptions.Gateways"/>.</summary>
internal static class GatewayEndpoints
{
    /// <summary>The addresses; a name stands for all its addresses.</summary>
    /// <exception cref="ArgumentException">One is not <c>host:port</c>, or a name is not known.</exception>
    public static IPEndPoint[] Resolve(string gateways) =>
        [.. Parse(gateways).SelectMany(g => Addresses(g.Host).Select(a => new IPEndPoint(a, g.Port))).Distinct()];

    /// <exception cref="ArgumentException">There is none, or one is not <c>host:port</c>.</exception>
    public static IReadOnlyList<(string Host, int Port)> Parse(string gateways)
    {
        var parts = (gateways ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length == 0 ? throw Wrong(gateways) : [.. parts.Select(ParseOne)];
    }

    private static (string Host, int Port) ParseOne(string text)
    {
        var colon = text.LastIndexOf(':');
        var isBareAddress = colon < 0 || text.EndsWith(']');
        var host = (isBareAddress ? text : text[..colon]).Trim('[', ']');
        var port = ActorsCluster.DefaultGatewayPort;
        if (host.Length == 0
            || (!isBareAddress && !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
            || port is <= 0 or > IPEndPoint.MaxPort)
        {
            throw Wrong(text);
        }

        return (host, port);
    }

    private static IPAddress[] Addresses(string host)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return [address];
        }

        try
        {
            return Dns.GetHostAddresses(host);
        }
        catch (SocketException e)
        {
            throw new ArgumentException($"The gateway's name '{host}' is not known: {e.Message}", e);
        }
    }

    private static ArgumentException Wrong(string? text) => new($"'{text}' is not a gateway: write host:port, several separated by commas.");
}
