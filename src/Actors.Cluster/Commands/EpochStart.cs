namespace Actors.Cluster.Commands;

/// <summary>
/// First record of a leader, or of the next zxid epoch of the same one: raises the zxid epoch by one.
/// <code>
/// size field
///    1 kind          1
///    1 version       1
///    4 leaderId
///    4 leaderEpoch   epoch of the quorum, not of the zxid
/// </code>
/// </summary>
/// <param name="LeaderId">The leader.</param>
/// <param name="LeaderEpoch">Its epoch in the quorum.</param>
public sealed record EpochStart(int LeaderId, int LeaderEpoch) : ClusterCommand
{
    private const byte Version = 1;

    /// <inheritdoc/>
    public override CommandKind Kind => CommandKind.EpochStart;

    /// <inheritdoc/>
    protected override void EncodeBody(CommandWriter writer)
    {
        writer.WriteByte(Version);
        writer.WriteInt32(LeaderId);
        writer.WriteInt32(LeaderEpoch);
    }

    internal static DecodeResult Decode(ref CommandReader reader, byte version) =>
        version != Version ? DecodeResult.Unknown : DecodeResult.From(new EpochStart(reader.ReadInt32(), reader.ReadInt32()));
}
