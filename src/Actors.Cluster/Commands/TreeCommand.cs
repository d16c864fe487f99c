using Actors.Cluster.Acl;
using Actors.Model.Znodes;

namespace Actors.Cluster.Commands;

/// <summary>The head of a tree command, read; its body is what the reader has left.</summary>
internal ref struct TreeCommand
{
    public CommandKind Kind;
    public long SessionId;
    public long Connection;
    public long Operation;
    public long LowestUnanswered;
    public IReadOnlyList<ZnodeIdentity> Identities;
    public CommandReader Body;

    public static bool IsTree(byte kind) => kind is >= (byte)CommandKind.CreateZnode and <= (byte)CommandKind.ChangeTreeSettings;

    /// <summary>Reads the head; identities are looked up in, or added to, those of the batch.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, List<ZnodeIdentity[]> identitySets, out TreeCommand command)
    {
        var reader = new CommandReader(bytes);
        command = default;
        command.Kind = (CommandKind)reader.ReadByte();
        reader.ReadByte(); // the version, which the caller has looked at
        var flags = reader.ReadByte();
        command.SessionId = reader.ReadInt64();
        command.Connection = (flags & TreeCommandWriter.HasConnection) != 0 ? reader.ReadInt64() : -1;
        if ((flags & TreeCommandWriter.HasOperation) != 0)
        {
            command.Operation = reader.ReadInt64();
            command.LowestUnanswered = reader.ReadInt64();
        }

        var set = reader.ReadCount(leastBytesEach: 0);
        if ((flags & TreeCommandWriter.HasIdentities) != 0)
        {
            if (set != identitySets.Count + 1 || set > TreeCommandWriter.MaxIdentitySets || ReadIdentities(ref reader) is not { } identities)
            {
                return false;
            }

            identitySets.Add(identities);
        }

        if (reader.Failed || set > identitySets.Count || flags > 7)
        {
            return false;
        }

        command.Identities = set == 0 ? [] : identitySets[set - 1];
        command.Body = reader;
        return true;
    }

    private static ZnodeIdentity[]? ReadIdentities(ref CommandReader reader)
    {
        var identities = new ZnodeIdentity[reader.ReadCount(leastBytesEach: 2)];
        for (var i = 0; i < identities.Length; i++)
        {
            identities[i] = new ZnodeIdentity(reader.ReadString(), reader.ReadString());
        }

        return reader.Failed ? null : identities;
    }
}

/// <summary>One operation on a znode, read.</summary>
internal ref struct TreeOperation
{
    public CommandKind Kind;
    public int Flags;
    public int Version;
    public long TtlMs;
    public ReadOnlySpan<byte> Path;
    public ReadOnlySpan<byte> Data;
    public bool DataIsNull;
    public AccessList? Acl;

    /// <summary>Reads the body of an operation; false if it contradicts its kind.</summary>
    public static bool TryRead(CommandKind kind, ref CommandReader reader, out TreeOperation operation)
    {
        operation = new TreeOperation { Kind = kind };
        switch (kind)
        {
            case CommandKind.CreateZnode:
                operation.Flags = reader.ReadInt32();
                operation.TtlMs = reader.ReadInt64();
                operation.Path = reader.ReadBytes(out _);
                operation.Data = reader.ReadBytes(out operation.DataIsNull);
                operation.Acl = AccessList.Decode(ref reader);
                break;
            case CommandKind.DeleteZnode or CommandKind.CheckZnode:
                operation.Version = reader.ReadInt32();
                operation.Path = reader.ReadBytes(out _);
                break;
            case CommandKind.SetZnodeData:
                operation.Version = reader.ReadInt32();
                operation.Path = reader.ReadBytes(out _);
                operation.Data = reader.ReadBytes(out operation.DataIsNull);
                break;
            case CommandKind.SetZnodeAcl:
                operation.Version = reader.ReadInt32();
                operation.Path = reader.ReadBytes(out _);
                operation.Acl = AccessList.Decode(ref reader);
                break;
            default:
                return false;
        }

        return !reader.Failed;
    }
}
