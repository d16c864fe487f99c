using System.Globalization;
using Actors.Model.Topics;

namespace Actors.Abstractions;

/// <summary>The key of an <see cref="IPartitionGrain"/>: <c>topic/partition</c>, as in <c>orders/3</c>.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partition">The partition's index, from 0.</param>
public readonly record struct PartitionKey(string Topic, int Partition)
{
    /// <summary>The key as text.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Topic}/{Partition}");

    /// <summary>
    /// Reads a key; false where it is not <c>topic/partition</c> with an allowed name and an index written in the one way.
    /// </summary>
    public static bool TryParse(string? text, out PartitionKey key)
    {
        key = default;
        var slash = text?.LastIndexOf('/') ?? -1;
        if (slash <= 0)
        {
            return false;
        }

        var topic = text![..slash];
        var digits = text.AsSpan(slash + 1);
        if (TopicName.Check(topic) is not null
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            || (digits.Length > 1 && digits[0] == '0'))
        {
            return false;
        }

        key = new PartitionKey(topic, partition);
        return true;
    }
}
