using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Dashboard.Api;

/// <summary>From the port's terms to the API's.</summary>
internal static partial class TreeReader
{
    private const string NoPermission = "no-permission";
    private const int SequenceDigits = 10;

    /// <summary>The word for what became of a read.</summary>
    public static string OutcomeOf(TreeErrorCode error) => error switch
    {
        TreeErrorCode.Ok => "ok",
        TreeErrorCode.NoAuth => NoPermission,
        _ => "no-znode",
    };

    private static ZnodeInfo Convert(string name, in ZnodeDescription znode)
    {
        var stat = znode.Stat;
        return new ZnodeInfo(
            KindOf(znode.Kind),
            LooksSequential(name),
            znode.TtlMs,
            Hex(stat.Czxid),
            Hex(stat.Mzxid),
            Hex(stat.Pzxid),
            stat.CtimeMs,
            stat.MtimeMs,
            stat.Version,
            stat.Cversion,
            stat.Aversion,
            stat.EphemeralOwner == 0 ? null : Hex(stat.EphemeralOwner),
            stat.DataLengthBytes,
            stat.ChildCount);
    }

    private static AclInfo Convert(ZnodeAcl entry)
    {
        Span<char> letters = stackalloc char[5];
        var count = 0;
        foreach (var (permission, letter) in s_letters)
        {
            if ((entry.Permissions & permission) != 0)
            {
                letters[count++] = letter;
            }
        }

        return new AclInfo(entry.Scheme ?? "", entry.Id ?? "", new string(letters[..count]));
    }

    private static readonly (ZnodePermissions Permission, char Letter)[] s_letters =
    [
        (ZnodePermissions.Create, 'c'), (ZnodePermissions.Delete, 'd'), (ZnodePermissions.Read, 'r'), (ZnodePermissions.Write, 'w'),
        (ZnodePermissions.Admin, 'a'),
    ];

    private static WatcherInfo Convert(ZnodeWatcher watcher) => new(watcher.SessionId == 0 ? null : Hex(watcher.SessionId), watcher.Mode switch
    {
        WatchMode.Data => "data",
        WatchMode.Child => "child",
        WatchMode.Persistent => "persistent",
        _ => "persistent-recursive",
    });

    private static string KindOf(CreateMode kind) => kind switch
    {
        CreateMode.Ephemeral or CreateMode.EphemeralSequential => "ephemeral",
        CreateMode.Container => "container",
        CreateMode.PersistentWithTtl or CreateMode.PersistentSequentialWithTtl => "ttl",
        _ => "persistent",
    };

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static bool LooksSequential(string name) =>
        name.Length >= SequenceDigits && !name.AsSpan(name.Length - SequenceDigits).ContainsAnyExceptInRange('0', '9');
}
