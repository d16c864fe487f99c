using Actors.Model.Ports;
using Actors.Model.Znodes;
using Actors.ZooKeeper.Wire;

namespace Actors.ZooKeeper.Listener;

/// <summary>Requests about watches: set for good, asked for, removed, set again by a client that is back.</summary>
internal static class WatchExecution
{
    private const long NoZxid = -1;

    /// <summary>The body of the answer.</summary>
    public static TreeErrorCode Write(JuteWriter writer, OpCode type, ref JuteReader reader, ZooKeeperConnection connection, ITreeView tree)
    {
        if (type is OpCode.SetWatches or OpCode.SetWatches2)
        {
            var request = SetWatchesRequest.Read(ref reader, type);
            return reader.IsFaulty ? TreeErrorCode.MarshallingError : SetAgain(request, connection, tree);
        }

        var one = PathTypeRequest.Read(ref reader);
        if (reader.IsFaulty)
        {
            return TreeErrorCode.MarshallingError;
        }

        if (type != OpCode.AddWatch)
        {
            return CheckOrRemove(type, one, connection.Watcher, tree);
        }

        if ((AddWatchMode)one.Type is not (AddWatchMode.Persistent or AddWatchMode.PersistentRecursive))
        {
            return TreeErrorCode.MarshallingError;
        }

        if (!ZnodePath.IsValid(one.Path))
        {
            return TreeErrorCode.BadArguments;
        }

        Add(connection, tree, (AddWatchMode)one.Type == AddWatchMode.Persistent ? WatchMode.Persistent : WatchMode.PersistentRecursive, one.Path);
        writer.WriteInt32((int)TreeErrorCode.Ok);
        return TreeErrorCode.Ok;
    }

    private static TreeErrorCode CheckOrRemove(OpCode type, in PathTypeRequest request, int watcher, ITreeView tree)
    {
        WatchMode? mode = (WatcherType)request.Type switch
        {
            WatcherType.Children => WatchMode.Child,
            WatcherType.Data => WatchMode.Data,
            WatcherType.Persistent => WatchMode.Persistent,
            WatcherType.PersistentRecursive => WatchMode.PersistentRecursive,
            _ => null,
        };
        if (mode is null && (WatcherType)request.Type != WatcherType.Any)
        {
            return TreeErrorCode.MarshallingError;
        }

        var found = type == OpCode.CheckWatches
            ? tree.IsWatched(watcher, mode, request.Path)
            : tree.Unwatch(watcher, mode, request.Path);
        return found ? TreeErrorCode.Ok : TreeErrorCode.NoWatcher;
    }

    private static TreeErrorCode SetAgain(in SetWatchesRequest request, ZooKeeperConnection connection, ITreeView tree)
    {
        foreach (var path in request.Data)
        {
            SetAgain(RewatchKind.Data, WatchMode.Data, path, request.RelativeZxid, connection, tree);
        }

        foreach (var path in request.Exist)
        {
            SetAgain(RewatchKind.Exists, WatchMode.Data, path, request.RelativeZxid, connection, tree);
        }

        foreach (var path in request.Child)
        {
            SetAgain(RewatchKind.Children, WatchMode.Child, path, request.RelativeZxid, connection, tree);
        }

        foreach (var path in request.Persistent)
        {
            Add(connection, tree, WatchMode.Persistent, path);
        }

        foreach (var path in request.PersistentRecursive)
        {
            Add(connection, tree, WatchMode.PersistentRecursive, path);
        }

        return TreeErrorCode.Ok;
    }

    private static void SetAgain(
        RewatchKind kind, WatchMode mode, ReadOnlySpan<byte> path, long sinceZxid, ZooKeeperConnection connection, ITreeView tree)
    {
        var missed = tree.FindMissed(kind, path, sinceZxid, connection.Identities, out var mayRead);
        if (missed is null)
        {
            Add(connection, tree, mode, path);
        }
        else if (mayRead)
        {
            connection.OnEvent(NoZxid, missed.Value, path);
        }
    }

    private static void Add(ZooKeeperConnection connection, ITreeView tree, WatchMode mode, ReadOnlySpan<byte> path)
    {
        if (!tree.Watch(connection.Watcher, mode, path))
        {
            connection.RequestClose("it has set more watches than one connection may");
        }
    }
}
