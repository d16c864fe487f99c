using System.Reflection;
using Actors.Abstractions;
using Microsoft.Extensions.DependencyInjection;

namespace Actors.Grains;

/// <summary>Makes the log for a constructor parameter marked <see cref="AppendOnlyLogAttribute"/>.</summary>
internal sealed class AppendOnlyLogMapper(IEnumerable<LogStorage> storages) : IAttributeToFactoryMapper<AppendOnlyLogAttribute>
{
    /// <exception cref="ArgumentException">The parameter is not an <see cref="IAppendOnlyLog"/>, or its storage is not registered.</exception>
    public Factory<IGrainContext, object> GetFactory(ParameterInfo parameter, AppendOnlyLogAttribute metadata)
    {
        if (parameter.ParameterType != typeof(IAppendOnlyLog))
        {
            throw new ArgumentException(
                $"Parameter '{parameter.Name}' of {parameter.Member.DeclaringType} is marked [AppendOnlyLog]: its type has to be IAppendOnlyLog.");
        }

        if (!storages.Any(s => string.Equals(s.Name, metadata.StorageName, StringComparison.Ordinal)))
        {
            throw new ArgumentException(
                $"{parameter.Member.DeclaringType} wants a log in the storage '{metadata.StorageName}', which this silo does not have: "
                + $"call AddLogGrainStorage(\"{metadata.StorageName}\").");
        }

        return context => new CataloguedLog(
            LogOfGrain.Find(metadata.StorageName, context.GrainId),
            createOnFirstUse: !LogOfGrain.IsPartition(context.GrainId),
            context,
            context.ActivationServices.GetRequiredService<LogServices>());
    }
}
