namespace Actors.Storage;

/// <summary>Bytes on disk are not what was written, beyond what a crash explains. Nothing is served or overwritten over it.</summary>
public sealed class StorageCorruptionException : Exception
{
    /// <summary>Damage, in one sentence that names the file, the place and what accepts the loss.</summary>
    public StorageCorruptionException(string message)
        : base(message)
    {
    }
}
