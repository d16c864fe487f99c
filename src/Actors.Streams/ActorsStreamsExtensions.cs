using Actors.Abstractions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Actors.Streams;

/// <summary>Puts the stream provider into a silo or a client.</summary>
public static class ActorsStreamsExtensions
{
    /// <summary>
    /// Adds the stream provider <see cref="WatchStreams.ProviderName"/> to the services of a silo or of an Orleans client. May be called more
    /// than once; the settings add up.
    /// </summary>
    public static IServiceCollection AddActorsWatchStreams(this IServiceCollection services, Action<WatchStreamsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<WatchStreamsOptions>();
        if (configure is not null)
        {
            services.Configure(configure);
        }

        if (services.Any(s => s.ServiceType == typeof(ZnodeStreamProvider)))
        {
            return services;
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(p => new ZnodeStreamProvider(
            p.GetRequiredService<IGrainFactory>(),
            p.GetRequiredService<Microsoft.Extensions.Options.IOptions<WatchStreamsOptions>>().Value,
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<ZnodeStreamProvider>>(),
            p.GetService<IGrainContextAccessor>()));
        services.AddKeyedSingleton<IStreamProvider>(WatchStreams.ProviderName, (p, _) => p.GetRequiredService<ZnodeStreamProvider>());
        return services;
    }
}
