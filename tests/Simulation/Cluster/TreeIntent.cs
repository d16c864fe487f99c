using Actors.Cluster.Commands;
using Actors.Model.Znodes;
using Actors.Tests.Znodes;

namespace Simulation.Cluster;

/// <summary>A tree command as somebody meant it; its bytes are made with its batch.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Session">The session it acts on or for.</param>
/// <param name="Ops">Its operations; none of a session's own command.</param>
/// <param name="Number">Its number in the session, 0 without: the same number is the same operation, asked for again.</param>
/// <param name="Lowest">Results below it are no longer wanted.</param>
internal sealed record TreeIntent(CommandKind Kind, long Session, TreeOp[] Ops, long Number = 0, long Lowest = 0)
{
    private const int TimeoutMs = 10_000;

    public static IReadOnlyList<ZnodeIdentity> Caller { get; } = [new("ip", "127.0.0.1"), new("digest", "u:h")];

    /// <summary>Writes it into the open batch and gives its bytes.</summary>
    public byte[] Encode(TreeCommandWriter writer)
    {
        writer.Begin(Kind, new TreeCaller(Session, -1, Ops.Length == 0 ? [] : Caller, Number, Lowest));
        switch (Kind)
        {
            case CommandKind.CreateSession:
                writer.WriteSession(TimeoutMs);
                break;
            case CommandKind.ExpireSession:
                writer.WriteSeenOwner(-1, -1);
                break;
            case CommandKind.CloseSession:
                break;
            case CommandKind.MultiZnode:
                writer.WriteMulti(Ops.Length);
                foreach (var op in Ops)
                {
                    writer.BeginOperation(op.Kind);
                    op.WriteTo(writer);
                }

                break;
            default:
                Ops[0].WriteTo(writer);
                break;
        }

        return writer.Written.ToArray();
    }

    public override string ToString() => $"{Kind} s{Session} #{Number} {string.Join<TreeOp>(" | ", Ops)}";
}
