namespace Actors.Cluster.Commands;

/// <summary>
/// One command of the cluster log: a record's value. It begins with its kind and the version of its body, so that a node knows what
/// it does not know. A body's layout never changes under a version; a new version is written only once the cluster's feature level
/// says that every node reads it.
/// </summary>
public abstract record ClusterCommand
{
    /// <summary>Most bytes of one command.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Which command it is.</summary>
    public abstract CommandKind Kind { get; }

    /// <summary>Writes the command.</summary>
    public void Encode(CommandWriter writer)
    {
        writer.WriteByte((byte)Kind);
        EncodeBody(writer);
    }

    /// <summary>The command as bytes.</summary>
    public byte[] Encode()
    {
        var writer = new CommandWriter();
        Encode(writer);
        return writer.Written.ToArray();
    }

    /// <summary>Writes version and fields.</summary>
    protected abstract void EncodeBody(CommandWriter writer);

    /// <summary>Decodes a whole command; nothing may be left over.</summary>
    public static DecodeResult Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new CommandReader(bytes);
        var kind = (CommandKind)reader.ReadByte();
        var version = reader.ReadByte();
        if (reader.Failed)
        {
            return DecodeResult.Malformed;
        }

        var result = kind switch
        {
            CommandKind.EpochStart => EpochStart.Decode(ref reader, version),
            CommandKind.NodeRegistered => NodeRegistered.Decode(ref reader, version),
            CommandKind.CreateTopic => CreateTopic.Decode(ref reader, version),
            CommandKind.DeleteTopic => DeleteTopic.Decode(ref reader, version),
            CommandKind.CreatePartitions => CreatePartitions.Decode(ref reader, version),
            CommandKind.AllocateProducerIds => AllocateProducerIds.Decode(ref reader, version),
            CommandKind.ChangeTopicConfigs => ChangeTopicConfigs.Decode(ref reader, version),
            _ => DecodeResult.Unknown,
        };
        return result.Status == DecodeStatus.Decoded && !reader.IsComplete ? DecodeResult.Malformed : result;
    }
}

/// <summary>How decoding ended.</summary>
public enum DecodeStatus : byte
{
    /// <summary>There is a command.</summary>
    Decoded = 0,
    /// <summary>The bytes contradict their kind and version: every node sees that alike, so it is an outcome.</summary>
    Malformed = 1,
    /// <summary>A kind or version that this program does not know: it must not guess, and stops.</summary>
    Unknown = 2,
}

/// <summary>A command, or why there is none.</summary>
/// <param name="Status">How decoding ended.</param>
/// <param name="Command">The command if it was decoded.</param>
public readonly record struct DecodeResult(DecodeStatus Status, ClusterCommand? Command)
{
    /// <summary>The bytes contradict their kind and version.</summary>
    public static DecodeResult Malformed { get; } = new(DecodeStatus.Malformed, null);

    /// <summary>A kind or version that this program does not know.</summary>
    public static DecodeResult Unknown { get; } = new(DecodeStatus.Unknown, null);

    internal static DecodeResult From(ClusterCommand command) => new(DecodeStatus.Decoded, command);
}
