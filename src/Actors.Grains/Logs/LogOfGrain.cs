using System.Security.Cryptography;
using System.Text;
using Actors.Abstractions;
using Actors.Model.Topics;

namespace Actors.Grains;

/// <summary>
/// Which log is a grain's own, a pure function of storage name and grain id. These names are on disk: they never change.
/// <code>
/// grain                         log
/// actors.partition/orders/3     orders/3
/// type/key                      __log.STORAGE.TYPE.KEY/0
/// one whose name would be &gt; 249   __loghash.STORAGE.(64 hex digits: SHA-256 of TYPE '/' KEY)/0
/// states of a storage           __state.STORAGE/0
/// </code>
/// In STORAGE, TYPE and KEY ASCII letters and digits stand for themselves, any other byte of the UTF-8 text is <c>-xx</c>. So they hold no
/// '.' and no '_', and two logs never differ in those two only, which Kafka refuses (TopicName.Collide).
/// </summary>
internal static class LogOfGrain
{
    /// <summary>Grain type of <see cref="PartitionGrain"/>.</summary>
    public const string PartitionGrainType = "actors.partition";

    private static readonly GrainType s_partition = GrainType.Create(PartitionGrainType);

    /// <summary>Whether the grain is the address of a topic's partition.</summary>
    public static bool IsPartition(GrainId grain) => grain.Type == s_partition;

    /// <summary>The log of a grain. A partition grain whose key names no partition gets one that does not exist.</summary>
    public static PartitionKey Find(string storageName, GrainId grain)
    {
        if (IsPartition(grain))
        {
            return PartitionKey.TryParse(grain.Key.ToString(), out var key) ? key : new PartitionKey("", 0);
        }

        var storage = Encode(storageName);
        var name = $"__log.{storage}.{Encode(grain.Type.ToString()!)}.{Encode(grain.Key.ToString()!)}";
        if (name.Length > TopicName.MaxChars)
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{grain.Type}/{grain.Key}"));
            name = $"__loghash.{storage}.{Convert.ToHexStringLower(hash)}";
        }

        return new PartitionKey(name, 0);
    }

    /// <summary>The log of all states of a storage.</summary>
    public static PartitionKey OfStates(string storageName) => new($"__state.{Encode(storageName)}", 0);

    private static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b))
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append('-').Append(Convert.ToHexStringLower([b]));
            }
        }

        return encoded.ToString();
    }
}
