using System.Text;
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
                    Write(writer, op);
                }

                break;
            default:
                Write(writer, Ops[0]);
                break;
        }

        return writer.Written.ToArray();
    }

    public override string ToString() => $"{Kind} s{Session} #{Number} {string.Join<TreeOp>(" | ", Ops)}";

    private static void Write(TreeCommandWriter writer, TreeOp op)
    {
        var path = Encoding.UTF8.GetBytes(op.Path);
        switch (op.Kind)
        {
            case CommandKind.CreateZnode:
                writer.WriteCreate(op.Flags, op.TtlMs, path, op.Data, op.Data is null, op.Acl);
                break;
            case CommandKind.SetZnodeData:
                writer.WriteSetData(path, op.Version, op.Data, op.Data is null);
                break;
            default:
                writer.WriteVersioned(path, op.Version);
                break;
        }
    }
}
