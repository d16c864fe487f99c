using Actors.Model.Ports;
using Actors.Model.Znodes;
using Actors.ZooKeeper.Wire;

namespace Actors.ZooKeeper.Listener;

/// <summary>Reads: what each answers with, from a tree at rest.</summary>
internal static class ReadExecution
{
    [ThreadStatic]
    private static NameWriter? t_names;

    /// <summary>Header and body of the answer. A request that cannot be read is answered so, and the session goes on.</summary>
    public static void Write(JuteWriter writer, TreeReply reply, ZooKeeperConnection connection, ITreeView tree)
    {
        var (xid, type) = (reply.Request.Xid, reply.Request.Type);
        var start = writer.Position;
        writer.WriteReplyHeader(xid, tree.LastZxid, TreeErrorCode.Ok);
        var reader = new JuteReader(reply.Frame[reply.BodyStart..]);
        var error = type == OpCode.MultiRead
            ? WriteMultiRead(writer, ref reader, connection, tree)
            : WriteBody(writer, type, ref reader, connection, tree);
        if (error != TreeErrorCode.Ok)
        {
            writer.Reset(start);
            writer.WriteReplyHeader(xid, tree.LastZxid, error);
        }
    }

    private static TreeErrorCode WriteBody(
        JuteWriter writer, OpCode type, ref JuteReader reader, ZooKeeperConnection connection, ITreeView tree)
    {
        var caller = connection.Identities;
        switch (type)
        {
            case OpCode.Ping:
                return TreeErrorCode.Ok;
            case OpCode.Sync:
                var path = PathRequest.Read(ref reader).Path;
                writer.WriteBytes(path);
                return OrFault(reader, TreeErrorCode.Ok);
            case OpCode.Exists:
                var exists = WatchableRequest.Read(ref reader);
                var error = OrFault(reader, tree.Exists(exists.Path, caller, out var stat));
                writer.WriteStat(stat);
                Watch(exists, WatchMode.Data, error is TreeErrorCode.Ok or TreeErrorCode.NoNode, connection, tree);
                return error;
            case OpCode.GetData:
                var get = WatchableRequest.Read(ref reader);
                error = OrFault(reader, tree.GetData(get.Path, caller, out var data, out var isNull, out stat));
                if (isNull)
                {
                    writer.WriteNull();
                }
                else
                {
                    writer.WriteBytes(data);
                }

                writer.WriteStat(stat);
                Watch(get, WatchMode.Data, error == TreeErrorCode.Ok, connection, tree);
                return error;
            case OpCode.GetChildren or OpCode.GetChildren2:
                var list = WatchableRequest.Read(ref reader);
                var names = t_names ??= new NameWriter();
                names.Writer = writer;
                error = OrFault(reader, tree.GetChildren(list.Path, caller, names, out stat));
                if (type == OpCode.GetChildren2)
                {
                    writer.WriteStat(stat);
                }

                Watch(list, WatchMode.Child, error == TreeErrorCode.Ok, connection, tree);
                return error;
            case OpCode.GetAcl:
                error = OrFault(reader, tree.GetAcl(PathRequest.Read(ref reader).Path, caller, out var acl, out stat));
                WriteAcl(writer, acl);
                writer.WriteStat(stat);
                return error;
            case OpCode.GetAllChildrenNumber:
                error = OrFault(reader, tree.GetAllChildrenNumber(PathRequest.Read(ref reader).Path, caller, out var count));
                writer.WriteInt32(count);
                return error;
            case OpCode.GetEphemerals:
                var ephemerals = tree.GetEphemerals(connection.SessionId, PathRequest.Read(ref reader).Path);
                writer.WriteInt32(ephemerals.Count);
                foreach (var ephemeral in ephemerals)
                {
                    writer.WriteBytes(ephemeral);
                }

                return OrFault(reader, TreeErrorCode.Ok);
            case OpCode.AddWatch or OpCode.CheckWatches or OpCode.RemoveWatches or OpCode.SetWatches or OpCode.SetWatches2:
                return WatchExecution.Write(writer, type, ref reader, connection, tree);
            case OpCode.WhoAmI:
                connection.WriteIdentities(writer);
                return TreeErrorCode.Ok;
            default:
                return TreeErrorCode.Unimplemented;
        }
    }

    /// <summary>Each read has its own outcome: header and body, or header of type -1 and the code. Only these two reads are allowed in it.</summary>
    private static TreeErrorCode WriteMultiRead(JuteWriter writer, ref JuteReader reader, ZooKeeperConnection connection, ITreeView tree)
    {
        var multi = new MultiReader();
        while (multi.MoveNext(ref reader))
        {
            if (multi.Type is not (OpCode.GetData or OpCode.GetChildren))
            {
                return TreeErrorCode.MarshallingError;
            }

            var start = writer.Position;
            writer.WriteMultiHeader(multi.Type);
            var error = WriteBody(writer, multi.Type, ref reader, connection, tree);
            if (error != TreeErrorCode.Ok)
            {
                writer.Reset(start);
                writer.WriteMultiError(error);
            }
        }

        writer.WriteMultiEnd();
        return OrFault(reader, TreeErrorCode.Ok);
    }

    private static void Watch(in WatchableRequest request, WatchMode mode, bool isDue, ZooKeeperConnection connection, ITreeView tree)
    {
        if (request.Watch && isDue && !tree.Watch(connection.Watcher, mode, request.Path))
        {
            connection.RequestClose("it has set more watches than one connection may");
        }
    }

    private static TreeErrorCode OrFault(in JuteReader reader, TreeErrorCode error) => reader.IsFaulty ? TreeErrorCode.MarshallingError : error;

    private static void WriteAcl(JuteWriter writer, IReadOnlyList<ZnodeAcl> acl)
    {
        writer.WriteInt32(acl.Count);
        for (var i = 0; i < acl.Count; i++)
        {
            writer.WriteInt32((int)acl[i].Permissions);
            writer.WriteString(acl[i].Scheme);
            writer.WriteString(acl[i].Id);
        }
    }

    private sealed class NameWriter : IZnodeNames
    {
        public JuteWriter Writer { get; set; } = null!;

        public void Begin(int count) => Writer.WriteInt32(count);

        public void Add(ReadOnlySpan<byte> name) => Writer.WriteBytes(name);
    }
}
