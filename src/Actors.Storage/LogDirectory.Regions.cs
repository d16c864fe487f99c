using Actors.Model.Leases;
using Actors.Storage.Devices;

namespace Actors.Storage;

/// <summary>Regions whose pages have left the cache before they were sent: the reader thread brings them back. Any thread.</summary>
public sealed partial class LogDirectory : IRegionLoader
{
    private const int LoadBytes = 64 << 10;

    [ThreadStatic]
    private static byte[]? t_loaded;

    bool IRegionLoader.TryLoad(IRegionFile file, long position, int lengthBytes, Action done) =>
        Readers is { } readers && readers.TryQueue(() =>
        {
            try
            {
                Load(file, position, lengthBytes);
            }
            catch (Exception e) when (e is StorageException or ObjectDisposedException)
            {
                // A disk that fails says so to the send that follows; a file that is closed has lost its connection meanwhile.
            }

            done();
        });

    private static void Load(IRegionFile file, long position, int lengthBytes)
    {
        var bytes = t_loaded ??= new byte[LoadBytes];
        for (var end = position + lengthBytes; position < end;)
        {
            var read = file.Read(bytes.AsSpan(0, (int)Math.Min(bytes.Length, end - position)), position);
            if (read == 0)
            {
                return;
            }

            position += read;
        }
    }
}
