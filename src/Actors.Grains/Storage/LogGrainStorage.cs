using System.Globalization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Actors.Grains;

/// <summary>
/// Orleans' grain storage over a log of the cluster: each state is a record, its ETag is the record's offset, and a write is done when
/// it is synced. Grains use it by name: <c>[PersistentState("counter", "logs")] IPersistentState&lt;Counter&gt; counter</c>.
/// </summary>
internal sealed class LogGrainStorage(StateLog log, IGrainStorageSerializer serializer, IActivatorProvider activators) : IGrainStorage
{
    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var stored = await log.ReadAsync(StateRecords.Key(stateName, grainId));
        if (stored is null)
        {
            SetAbsent(grainState);
            return;
        }

        grainState.State = serializer.Deserialize<T>(new BinaryData(stored.State)) ?? activators.GetActivator<T>().Create();
        grainState.ETag = stored.Offset.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var bytes = serializer.Serialize(grainState.State).ToMemory();
        var offset = await log.WriteAsync(StateRecords.Key(stateName, grainId), ExpectedOffset(grainState.ETag), bytes);
        grainState.ETag = offset.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var expected = ExpectedOffset(grainState.ETag);
        var key = StateRecords.Key(stateName, grainId);
        if (expected >= 0 || await log.ReadAsync(key) is not null)
        {
            await log.WriteAsync(key, expected, state: null);
        }

        SetAbsent(grainState);
    }

    private void SetAbsent<T>(IGrainState<T> grainState)
    {
        grainState.State = activators.GetActivator<T>().Create();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    private static long ExpectedOffset(string? etag)
    {
        if (string.IsNullOrEmpty(etag))
        {
            return -1;
        }

        return long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? offset
            : throw new InconsistentStateException($"'{etag}' is not an ETag of this storage.");
    }
}
