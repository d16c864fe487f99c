namespace Actors.Storage.Devices;

/// <summary>The file system of a Linux machine, by its own calls, each error number checked.</summary>
public sealed class PosixStorageDevice
{
}
