using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Actors.Storage.Devices;
using Actors.Storage.Faults;

namespace Actors.Node.Cluster;

/// <summary>
/// Who this node is, from <c>node.json</c> in its data directory: made once, with the data directory, and never changed but for the
/// counter of starts.
/// </summary>
/// <param name="NodeId">The node's id in the cluster.</param>
/// <param name="StorageId">The data directory's id: a wiped disk is another storage.</param>
/// <param name="ClusterId">The cluster's id: 22 characters of base64url, as Kafka's.</param>
/// <param name="Incarnation">Which start of this storage the process is, from 1.</param>
public sealed record NodeIdentity(int NodeId, Guid StorageId, string ClusterId, long Incarnation)
{
    /// <summary>Name of the file in the data directory.</summary>
    public const string FileName = "node.json";

    /// <summary>Name of the folder in the data directory that holds the cluster's log and state.</summary>
    public const string ClusterFolder = "cluster";

    private const int Version = 1;

    /// <summary>
    /// Reads the identity, or makes one in an empty data directory, and counts this start; the count is on disk before this returns, so
    /// that no two processes have the same. Blocks.
    /// </summary>
    /// <exception cref="NodeRefusedException">The file is damaged, missing beside data, or names another node id.</exception>
    /// <exception cref="StorageException">The file cannot be read or written.</exception>
    public static NodeIdentity Begin(IStorageDevice device, string dataDirectory, int nodeId, IFaultPoints? faults = null)
    {
        var path = Path.Combine(dataDirectory, FileName);
        var before = DurableFile.Read(device, path);
        NodeIdentity identity;
        if (before is null)
        {
            if (device.DirectoryExists(Path.Combine(dataDirectory, ClusterFolder)))
            {
                throw new NodeRefusedException(
                    $"{path} is missing beside a cluster log: put the file back, or start with an empty Actors:DataDirectory.");
            }

            // Whoever made the directory may not have synced its name.
            device.CreateDirectory(dataDirectory);
            device.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(dataDirectory)) ?? dataDirectory);
            identity = new NodeIdentity(nodeId, Guid.NewGuid(), CreateClusterId(), 1);
        }
        else
        {
            identity = Parse(before, path);
            if (identity.NodeId != nodeId)
            {
                throw new NodeRefusedException(
                    $"Actors:NodeId is {nodeId}, but {path} says that this data directory belongs to node {identity.NodeId}.");
            }

            identity = identity with { Incarnation = identity.Incarnation + 1 };
        }

        DurableFile.Replace(device, path, identity.Encode(), faults);
        return identity;
    }

    private static NodeIdentity Parse(byte[] bytes, string path)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            var root = json.RootElement;
            var version = root.GetProperty("version").GetInt32();
            if (version != Version)
            {
                throw new NodeRefusedException($"{path} has version {version}, this program reads {Version}.");
            }

            return new NodeIdentity(
                root.GetProperty("nodeId").GetInt32(), root.GetProperty("storageId").GetGuid(),
                root.GetProperty("clusterId").GetString() ?? throw new FormatException("clusterId is null"),
                root.GetProperty("incarnation").GetInt64());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new NodeRefusedException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static string CreateClusterId()
    {
        Span<byte> bytes = stackalloc byte[16];
        string id;
        do
        {
            RandomNumberGenerator.Fill(bytes);
            id = Base64Url.EncodeToString(bytes);
        }
        while (id[0] == '-'); // as Kafka: tools would take it for an option

        return id;
    }

    private byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteNumber("nodeId", NodeId);
            json.WriteString("storageId", StorageId);
            json.WriteString("clusterId", ClusterId);
            json.WriteNumber("incarnation", Incarnation);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
