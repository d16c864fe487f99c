using System.Net;
using Actors.Abstractions;
using Actors.Hosting.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Actors.Hosting.Silo;

/// <summary>Orleans as one embedded silo: its own membership in memory, the distributed grain directory, probes for fast fail-over.</summary>
internal static class OrleansSetup
{
    public static void Configure(ISiloBuilder silo, ActorsOptions options, OrleansEndpoints endpoints)
    {
        silo.UseDevelopmentClustering(new IPEndPoint(endpoints.Advertised, endpoints.SiloPort));
        silo.AddDistributedGrainDirectory();
        silo.Services.Configure<Orleans.Configuration.ClusterOptions>(o =>
        {
            o.ClusterId = ActorsCluster.DefaultClusterId;
            o.ServiceId = ActorsCluster.DefaultServiceId;
        });
        silo.Services.Configure<Orleans.Configuration.SiloOptions>(o => o.SiloName = ActorsCluster.SiloName(options.NodeId));
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
