using Orleans.Storage;

namespace Actors.Grains;

/// <summary>Settings of one log storage.</summary>
public sealed class LogGrainStorageOptions : IStorageProviderSerializerOptions
{
    /// <summary>
    /// Turns states into bytes. Default: the <see cref="IGrainStorageSerializer"/> registered under the storage's name, else Orleans' own
    /// serializer, whose states are small, version tolerant, and marked <c>[GenerateSerializer]</c>. Changing it makes what is stored
    /// unreadable, unless the new one reads the old one's bytes (Orleans' <see cref="Orleans.Storage.GrainStorageSerializer"/> pairs two).
    /// </summary>
    public IGrainStorageSerializer GrainStorageSerializer { get; set; } = null!;
}
