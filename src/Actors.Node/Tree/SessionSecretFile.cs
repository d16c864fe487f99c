using System.Security.Cryptography;
using Actors.Storage.Devices;

namespace Actors.Node.Tree;

/// <summary>
/// What passwords of ZooKeeper sessions are made with: 32 random bytes in the data directory, made at the first start. If the file is lost,
/// clients have to open new sessions, and nothing else.
/// </summary>
public static class SessionSecretFile
{
    private const string FileName = "session-secret";
    private const int LengthBytes = 32;

    /// <summary>The secret of this data directory.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public static byte[] ReadOrMake(IStorageDevice device, string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        if (DurableFile.Read(device, path) is { Length: LengthBytes } secret)
        {
            return secret;
        }

        secret = RandomNumberGenerator.GetBytes(LengthBytes);
        DurableFile.Replace(device, path, secret, faults: null);
        return secret;
    }
}
