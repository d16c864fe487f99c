using Actors.Model.Topics;

namespace Actors.Cluster.Commands;

/// <summary>
/// Changes a topic's settings: all of the changes or none.
/// <code>
/// size field
///    1 kind          7
///    1 version       1
///    v topic         string
///    1 replaceAll    1: what is not set here goes back to its default (AlterConfigs)
///    v changes       count, then each: name string, operation byte, value string or null
/// </code>
/// </summary>
public sealed record ChangeTopicConfigs : ClusterCommand
{
    private const byte Version = 1;

    /// <inheritdoc/>
    public override CommandKind Kind => CommandKind.ChangeTopicConfigs;

    /// <summary>The topic.</summary>
    public required string Topic { get; init; }

    /// <summary>What is not set here goes back to its default.</summary>
    public bool ReplaceAll { get; init; }

    /// <summary>The changes, in order.</summary>
    public required IReadOnlyList<ConfigChange> Changes { get; init; }

    /// <inheritdoc/>
    protected override void EncodeBody(CommandWriter writer)
    {
        writer.WriteByte(Version);
        writer.WriteString(Topic);
        writer.WriteBoolean(ReplaceAll);
        writer.WriteCount(Changes.Count);
        foreach (var change in Changes)
        {
            writer.WriteString(change.Name);
            writer.WriteByte((byte)change.Operation);
            writer.WriteString(change.Value);
        }
    }

    internal static DecodeResult Decode(ref CommandReader reader, byte version)
    {
        if (version != Version)
        {
            return DecodeResult.Unknown;
        }

        var topic = reader.ReadString();
        var replaceAll = reader.ReadBoolean();
        var changes = new ConfigChange[reader.ReadCount(leastBytesEach: 3)];
        for (var i = 0; i < changes.Length; i++)
        {
            changes[i] = new ConfigChange(reader.ReadString(), (ConfigOperation)reader.ReadByte(), reader.ReadNullableString());
            if (changes[i].Operation > ConfigOperation.Subtract
                || (changes[i].Value is null) != (changes[i].Operation == ConfigOperation.Delete))
            {
                return DecodeResult.Malformed;
            }
        }

        return DecodeResult.From(new ChangeTopicConfigs { Topic = topic, ReplaceAll = replaceAll, Changes = changes });
    }
}
