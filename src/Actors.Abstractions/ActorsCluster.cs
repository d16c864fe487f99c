using System.Globalization;

namespace Actors.Abstractions;

/// <summary>What clients and silos of one cluster must agree on before they can speak.</summary>
public static class ActorsCluster
{
    /// <summary>
    /// Orleans' <c>ClusterOptions.ClusterId</c> where none is configured: Orleans' own for a single machine, so that a client with
    /// <c>UseLocalhostClustering()</c> and nothing else gets in. A gateway refuses a client that names another one.
    /// </summary>
    public const string DefaultClusterId = "dev";

    /// <summary>Orleans' <c>ClusterOptions.ServiceId</c> where none is configured.</summary>
    public const string DefaultServiceId = "dev";

    /// <summary>Default port of a silo's Orleans gateway, to which clients connect.</summary>
    public const int DefaultGatewayPort = 30000;

    /// <summary>
    /// The <c>SiloOptions.SiloName</c> of a node: its id in decimal digits. Placement finds the silo of a partition's leader by it.
    /// </summary>
    public static string SiloName(int nodeId) => nodeId.ToString(CultureInfo.InvariantCulture);
}
