using Actors.Model.Ports;
using Actors.Model.Znodes;
using Actors.ZooKeeper.Wire;

namespace Actors.ZooKeeper.Listener;

/// <summary>What clients are told of writes.</summary>
internal static class WriteReplies
{
    /// <summary>The header and, where it succeeded, what the operation answers with.</summary>
    public static void Write(JuteWriter writer, TreeReply reply, ITreeOutcome outcome)
    {
        var request = reply.Request;
        if (request.Type == OpCode.Multi && reply.Operations.Length == outcome.ResultCount)
        {
            writer.WriteReplyHeader(request.Xid, outcome.ZxidValue, TreeErrorCode.Ok);
            WriteMulti(writer, reply.Operations, outcome);
            return;
        }

        writer.WriteReplyHeader(request.Xid, outcome.ZxidValue, outcome.Error);
        if (outcome.Error == TreeErrorCode.Ok)
        {
            WriteBody(writer, request.Type, outcome, 0);
        }
    }

    private static void WriteMulti(JuteWriter writer, ReadOnlySpan<OpCode> operations, ITreeOutcome outcome)
    {
        var failed = false;
        for (var i = 0; i < operations.Length; i++)
        {
            failed |= outcome.ErrorOf(i) != TreeErrorCode.Ok;
        }

        for (var i = 0; i < operations.Length; i++)
        {
            if (failed)
            {
                writer.WriteMultiError(outcome.ErrorOf(i));
                continue;
            }

            // Those that answer with a Stat are all told as create2 (ZOOKEEPER-4026).
            writer.WriteMultiHeader(operations[i] is OpCode.CreateContainer or OpCode.CreateTtl ? OpCode.Create2 : operations[i]);
            WriteBody(writer, operations[i], outcome, i);
        }

        writer.WriteMultiEnd();
    }

    private static void WriteBody(JuteWriter writer, OpCode type, ITreeOutcome outcome, int index)
    {
        switch (type)
        {
            case OpCode.Create:
                writer.WriteBytes(outcome.PathOf(index));
                break;
            case OpCode.Create2 or OpCode.CreateContainer or OpCode.CreateTtl:
                writer.WriteBytes(outcome.PathOf(index));
                writer.WriteStat(outcome.StatOf(index));
                break;
            case OpCode.SetData or OpCode.SetAcl:
                writer.WriteStat(outcome.StatOf(index));
                break;
        }
    }
}
