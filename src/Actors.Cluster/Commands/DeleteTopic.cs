namespace Actors.Cluster.Commands;

/// <summary>
/// Deletes a topic; once applied, and not before, its data may go.
/// <code>
/// size field
///    1 kind      4
///    1 version   1
///   16 topicId
/// </code>
/// </summary>
/// <param name="TopicId">The topic.</param>
public sealed record DeleteTopic(Guid TopicId) : ClusterCommand
{
    private const byte Version = 1;

    /// <inheritdoc/>
    public override CommandKind Kind => CommandKind.DeleteTopic;

    /// <inheritdoc/>
    protected override void EncodeBody(CommandWriter writer)
    {
        writer.WriteByte(Version);
        writer.WriteGuid(TopicId);
    }

    internal static DecodeResult Decode(ref CommandReader reader, byte version) =>
        version != Version ? DecodeResult.Unknown : DecodeResult.From(new DeleteTopic(reader.ReadGuid()));
}
