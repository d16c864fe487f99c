using System.Globalization;
using System.Net;
using Actors.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Actors.Hosting.Silo;

/// <summary>Orleans as one embedded silo: its own membership in memory, the distributed grain directory, probes for fast fail-over.</summary>
internal static class OrleansSetup
{
    /// <summary>Name of the cluster and of the service, as an Orleans client has to give them: Orleans' own defaults for one machine.</summary>
    public const string ClusterId = "dev";

    public static void Configure(ISiloBuilder silo, ActorsOptions options, OrleansEndpoints endpoints)
    {
        silo.UseDevelopmentClustering(new IPEndPoint(endpoints.Advertised, endpoints.SiloPort));
        silo.AddDistributedGrainDirectory();
        silo.Services.Configure<Orleans.Configuration.ClusterOptions>(o =>
        {
            o.ClusterId = ClusterId;
            o.ServiceId = ClusterId;
        });
        silo.Services.Configure<Orleans.Configuration.SiloOptions>(
            o => o.SiloName = options.NodeId.ToString(CultureInfo.InvariantCulture));
        silo.Services.Configure<EndpointOptions>(o =>
        {
            o.AdvertisedIPAddress = endpoints.Advertised;
            o.SiloPort = endpoints.SiloPort;
            o.GatewayPort = endpoints.GatewayPort;
            o.SiloListeningEndpoint = new IPEndPoint(endpoints.Bind, endpoints.SiloPort);
            o.GatewayListeningEndpoint = new IPEndPoint(endpoints.Bind, endpoints.GatewayPort);
        });
        // Half-second probes: another silo takes over 0.9 s after a kill -9. The range lease would turn that into 27 s.
        silo.Services.Configure<GrainDirectoryOptions>(o => o.RangeLeaseDuration = TimeSpan.Zero);
        silo.Services.Configure<ClusterMembershipOptions>(o =>
        {
            o.ProbeTimeout = TimeSpan.FromSeconds(0.5);
            o.MinProbeTimeout = TimeSpan.FromSeconds(0.3);
            o.MaxProbeTimeout = TimeSpan.FromSeconds(1);
            o.NumMissedProbesLimit = 3;
            o.NumVotesForDeathDeclaration = 2;
        });
    }
}
