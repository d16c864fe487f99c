using Actors.Model.Leases;
using Actors.Model.Ports;
using Actors.Model.Znodes;
using Actors.ZooKeeper.Wire;

namespace Actors.ZooKeeper.Listener;

/// <summary>What is done with each type of request.</summary>
internal sealed partial class ZooKeeperConnection
{
    private const int UnknownOperationZxid = -1;

    private void Dispatch(in RequestHeader request, LeaseSlice frame, int bodyStart)
    {
        switch (request.Type)
        {
            case OpCode.Create or OpCode.Create2 or OpCode.CreateContainer or OpCode.CreateTtl or OpCode.Delete or OpCode.SetData or OpCode.SetAcl:
                Write(Begin(request, bodyStart, frame), frame);
                break;
            case OpCode.Multi:
                WriteMulti(Begin(request, bodyStart, frame), frame);
                break;
            case OpCode.Exists or OpCode.GetData or OpCode.GetAcl or OpCode.GetChildren or OpCode.GetChildren2 or OpCode.Sync or OpCode.MultiRead
                or OpCode.GetEphemerals or OpCode.GetAllChildrenNumber or OpCode.WhoAmI or OpCode.Ping or OpCode.AddWatch or OpCode.CheckWatches
                or OpCode.RemoveWatches or OpCode.SetWatches or OpCode.SetWatches2:
                Read(Begin(request, bodyStart, frame));
                break;
            case OpCode.CloseSession:
                var closing = Begin(request, bodyStart, frame);
                _endsItself = true;
                BeforeWrite(closing);
                Tree.SubmitSession(TreeSessionChange.Close, Caller, 0, this, closing);
                break;
            case OpCode.Reconfig:
                Fail(Begin(request, bodyStart, frame), TreeErrorCode.ReconfigDisabled);
                break;
            case OpCode.DeleteContainer:
                Fail(Begin(request, bodyStart, frame), TreeErrorCode.BadArguments);
                break;
            case OpCode.Auth:
                Authenticate(Begin(request, bodyStart, frame));
                break;
            case OpCode.Sasl:
                AnswerSasl(Begin(request, bodyStart, frame));
                break;
            default:
                // Also a check outside a multi (ZOOKEEPER-2623).
                AnswerAndClose(Begin(request, bodyStart, frame), TreeErrorCode.Unimplemented, UnknownOperationZxid);
                break;
        }
    }

    private void Write(TreeReply reply, LeaseSlice frame)
    {
        var reader = new JuteReader(frame.Span[reply.BodyStart..]);
        var body = frame.Part(reply.BodyStart, frame.LengthBytes - reply.BodyStart).Memory;
        if (!TryReadWrite(ref reader, reply.Request.Type, body, out var write))
        {
            Fail(reply, TreeErrorCode.MarshallingError);
            return;
        }

        if (reply.Request.Type == OpCode.CreateContainer && write.Flags is (int)CreateMode.Persistent or (int)CreateMode.Ephemeral)
        {
            write = write with { Flags = (int)CreateMode.Container }; // it makes a container of what else would have been one of these
        }

        BeforeWrite(reply);
        Tree.Submit(Caller, write, reply);
    }

    private void WriteMulti(TreeReply reply, LeaseSlice frame)
    {
        var reader = new JuteReader(frame.Span[reply.BodyStart..]);
        var body = frame.Part(reply.BodyStart, frame.LengthBytes - reply.BodyStart).Memory;
        var writes = new List<ZnodeWrite>();
        var types = new List<OpCode>();
        var multi = new MultiReader();
        while (multi.MoveNext(ref reader))
        {
            if (writes.Count == _services.Options.MaxMultiOperations || !TryReadWrite(ref reader, multi.Type, body, out var write)
                || !HasPlainMode(multi.Type, write))
            {
                Fail(reply, TreeErrorCode.MarshallingError);
                return;
            }

            writes.Add(write);

            // In a multi a container is answered as what it is, however it was asked for.
            var isContainer = multi.Type == OpCode.Create && write.Flags == (int)CreateMode.Container;
            types.Add(isContainer ? OpCode.CreateContainer : multi.Type);
        }

        if (reader.IsFaulty)
        {
            Fail(reply, TreeErrorCode.MarshallingError);
            return;
        }

        reply.SetOperations([.. types]);
        BeforeWrite(reply);
        Tree.SubmitMulti(Caller, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(writes), reply);
    }

    /// <summary>A create in a multi that names no mode of its type makes the whole of it unreadable, as in ZooKeeper.</summary>
    private static bool HasPlainMode(OpCode type, in ZnodeWrite write) =>
        type is not (OpCode.Create or OpCode.Create2 or OpCode.CreateContainer) || write.Flags is >= 0 and <= (int)CreateMode.Container;

    /// <summary>A write that cannot be done: its error takes a place in the log, so that it has a zxid like any other.</summary>
    private void Fail(TreeReply reply, TreeErrorCode error)
    {
        reply.SetOperations([]);
        BeforeWrite(reply);
        Tree.SubmitFailed(Caller, error, reply);
    }

    private void AnswerAndClose(TreeReply reply, TreeErrorCode error, long zxid)
    {
        reply.Answer(error, zxid);
        BeginDrain();
    }

    /// <summary>Reads one write; paths and data stay where they are in the frame.</summary>
    private static bool TryReadWrite(ref JuteReader reader, OpCode type, ReadOnlyMemory<byte> body, out ZnodeWrite write)
    {
        switch (type)
        {
            case OpCode.Create or OpCode.Create2 or OpCode.CreateContainer or OpCode.CreateTtl:
                var create = CreateRequest.Read(ref reader, type);
                write = new ZnodeWrite
                {
                    Kind = ZnodeWriteKind.Create,
                    Path = Keep(body, create.Path),
                    Data = Keep(body, create.Data.Bytes),
                    DataIsNull = !create.Data.HasValue,
                    Acl = AclOf(create.Acl),
                    Flags = create.Flags,
                    TtlMs = type == OpCode.CreateTtl ? create.TtlMs : -1,
                };
                break;
            case OpCode.Delete or OpCode.Check:
                var versioned = VersionRequest.Read(ref reader);
                write = new ZnodeWrite
                {
                    Kind = type == OpCode.Delete ? ZnodeWriteKind.Delete : ZnodeWriteKind.Check,
                    Path = Keep(body, versioned.Path),
                    Version = versioned.Version,
                };
                break;
            case OpCode.SetData:
                var set = SetDataRequest.Read(ref reader);
                write = new ZnodeWrite
                {
                    Kind = ZnodeWriteKind.SetData,
                    Path = Keep(body, set.Path),
                    Data = Keep(body, set.Data.Bytes),
                    DataIsNull = !set.Data.HasValue,
                    Version = set.Version,
                };
                break;
            case OpCode.SetAcl:
                var acl = SetAclRequest.Read(ref reader);
                write = new ZnodeWrite
                {
                    Kind = ZnodeWriteKind.SetAcl, Path = Keep(body, acl.Path), Acl = AclOf(acl.Acl), Version = acl.Version,
                };
                break;
            default:
                write = default;
                return false;
        }

        return !reader.IsFaulty;
    }

    private static ReadOnlyMemory<byte> Keep(ReadOnlyMemory<byte> body, ReadOnlySpan<byte> part) =>
        body.Span.Overlaps(part, out var start) ? body.Slice(start, part.Length) : default;

    private static readonly ZnodeAcl[] s_open = [ZnodeAcl.Open];

    private static ZnodeAcl[] AclOf(in AclList list)
    {
        if (list.Count == 1 && list.Bytes.SequenceEqual("\0\0\0\u001f\0\0\0\u0005world\0\0\0\u0006anyone"u8))
        {
            return s_open;
        }

        var acl = new ZnodeAcl[list.Count];
        var count = 0;
        foreach (var entry in list)
        {
            acl[count++] = new ZnodeAcl(
                entry.Permissions, System.Text.Encoding.UTF8.GetString(entry.Scheme), System.Text.Encoding.UTF8.GetString(entry.Id));
        }

        return acl;
    }
}
