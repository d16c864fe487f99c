using System.Globalization;
using System.Text;
using Actors.Cluster.Commands;
using Actors.Model.Znodes;

namespace Actors.Tests.Znodes;

/// <summary>One operation as tests write it.</summary>
internal sealed record TreeOp(
    CommandKind Kind, string Path, byte[]? Data = null, int Version = -1, int Flags = 0, long TtlMs = -1, IReadOnlyList<ZnodeAcl>? Acl = null)
{
    /// <summary>Writes it into the open command.</summary>
    public void WriteTo(TreeCommandWriter writer)
    {
        var path = Encoding.UTF8.GetBytes(Path);
        switch (Kind)
        {
            case CommandKind.CreateZnode:
                writer.WriteCreate(Flags, TtlMs, path, Data, Data is null, Acl);
                break;
            case CommandKind.SetZnodeData:
                writer.WriteSetData(path, Version, Data, Data is null);
                break;
            case CommandKind.SetZnodeAcl:
                writer.WriteSetAcl(path, Version, Acl);
                break;
            default:
                writer.WriteVersioned(path, Version);
                break;
        }
    }

    public override string ToString() =>
        $"{Kind} {Path} v{Version} f{Flags} ttl{TtlMs} {(Data is null ? "null" : Encoding.UTF8.GetString(Data))} [{string.Join(";", Acl ?? [])}]";
}

/// <summary>A znode of the model.</summary>
internal sealed record ModelNode
{
    public byte[]? Data { get; set; }
    public long Czxid { get; init; }
    public long Mzxid { get; set; }
    public long Pzxid { get; set; }
    public long CtimeMs { get; init; }
    public long MtimeMs { get; set; }
    public int Version { get; set; }
    public int Creations { get; set; }
    public int Aversion { get; set; }
    public long Session { get; init; }
    public IReadOnlyList<ZnodeAcl> Acl { get; set; } = [ZnodeAcl.Open];
}

/// <summary>The tree as dictionaries of strings: slow, and obviously right. What it does follows ZooKeeper's documents and server.</summary>
internal sealed class TreeModel
{
    private SortedDictionary<string, ModelNode> _nodes = new(StringComparer.Ordinal)
    {
        ["/"] = new() { Data = [] },
        ["/zookeeper"] = new() { Data = [] },
        ["/zookeeper/quota"] = new() { Data = [] },
        ["/zookeeper/config"] = new() { Data = [], Aversion = -1, Acl = [ZnodeAcl.ReadOnly] },
    };

    public SortedDictionary<string, ModelNode> Nodes => _nodes;

    public HashSet<long> Sessions { get; } = [];

    public List<string> Events { get; } = [];

    public ZnodeStat StatOf(string path)
    {
        var node = _nodes[path];
        var children = ChildrenOf(path).Count;
        return new ZnodeStat(
            node.Czxid, node.Mzxid, node.CtimeMs, node.MtimeMs, node.Version, (node.Creations * 2) - children, node.Aversion, node.Session,
            node.Data?.Length ?? 0, children, node.Pzxid);
    }

    public List<string> ChildrenOf(string path)
    {
        var prefix = path == "/" ? "/" : path + "/";
        return [.. _nodes.Keys.Where(k => k.Length > prefix.Length && k.StartsWith(prefix, StringComparison.Ordinal) && k.IndexOf('/', prefix.Length) < 0)];
    }

    public (TreeErrorCode Error, string? Path, ZnodeStat? Stat) Apply(TreeOp op, long session, IReadOnlyList<ZnodeIdentity> caller, long zxid, long timeMs)
    {
        Events.Clear();
        return Sessions.Contains(session) ? Do(op, session, caller, zxid, timeMs) : (TreeErrorCode.SessionExpired, null, null);
    }

    public List<TreeErrorCode> Multi(IReadOnlyList<TreeOp> ops, long session, IReadOnlyList<ZnodeIdentity> caller, long zxid, long timeMs)
    {
        Events.Clear();
        var before = new SortedDictionary<string, ModelNode>(StringComparer.Ordinal);
        foreach (var (path, node) in _nodes)
        {
            before.Add(path, node with { });
        }

        for (var i = 0; i < ops.Count; i++)
        {
            var (error, _, _) = Do(ops[i], session, caller, zxid, timeMs);
            if (error != TreeErrorCode.Ok)
            {
                _nodes = before;
                Events.Clear();
                return [.. ops.Select((_, at) => at < i ? TreeErrorCode.Ok : at == i ? error : TreeErrorCode.RuntimeInconsistency)];
            }
        }

        return [.. ops.Select(_ => TreeErrorCode.Ok)];
    }

    public void Close(long session, long zxid)
    {
        Events.Clear();
        Sessions.Remove(session);
        foreach (var path in _nodes.Where(n => n.Value.Session == session).Select(n => n.Key).ToList())
        {
            Remove(path, zxid);
        }
    }

    private (TreeErrorCode Error, string? Path, ZnodeStat? Stat) Do(
        TreeOp op, long session, IReadOnlyList<ZnodeIdentity> caller, long zxid, long timeMs)
    {
        var error = op.Kind switch
        {
            CommandKind.CreateZnode => Create(op, session, caller, zxid, timeMs),
            CommandKind.DeleteZnode => Delete(op, caller, zxid),
            CommandKind.SetZnodeData => SetData(op, caller, zxid, timeMs),
            CommandKind.SetZnodeAcl => SetAcl(op, caller),
            _ => Check(op, caller),
        };
        if (error != TreeErrorCode.Ok)
        {
            return (error, null, null);
        }

        return op.Kind switch
        {
            CommandKind.CreateZnode => (error, _made, _madeStat),
            CommandKind.SetZnodeData or CommandKind.SetZnodeAcl => (error, null, _madeStat),
            _ => (error, null, null),
        };
    }

    private string _made = "";
    private ZnodeStat _madeStat;

    private TreeErrorCode Create(TreeOp op, long session, IReadOnlyList<ZnodeIdentity> caller, long zxid, long timeMs)
    {
        var path = op.Path;
        var hasTtl = op.Flags is 5 or 6;
        if (op.Flags is < 0 or > 6 || (hasTtl ? op.TtlMs is <= 0 or >= 1L << 40 : op.TtlMs >= 0) || !op.Path.Contains('/'))
        {
            return TreeErrorCode.BadArguments;
        }

        if (Fix(op.Acl, caller) is not { } acl)
        {
            return TreeErrorCode.InvalidAcl;
        }

        var above = op.Path[..op.Path.LastIndexOf('/')];
        above = above.Length == 0 ? "/" : above;
        if (!_nodes.TryGetValue(above, out var parent))
        {
            return TreeErrorCode.NoNode;
        }

        if (!May(parent, ZnodePermissions.Create, caller))
        {
            return TreeErrorCode.NoAuth;
        }

        path += op.Flags is 2 or 3 or 6 ? parent.Creations.ToString("D10", CultureInfo.InvariantCulture) : "";
        if (!IsValid(path))
        {
            return TreeErrorCode.BadArguments;
        }

        if (_nodes.ContainsKey(path))
        {
            return TreeErrorCode.NodeExists;
        }

        if (parent.Session != 0)
        {
            return TreeErrorCode.NoChildrenForEphemerals;
        }

        if (Quota(path, op.Data, op.Data?.Length ?? 0, 1) is not TreeErrorCode.Ok and var exceeded)
        {
            return exceeded;
        }

        parent.Creations++;
        parent.Pzxid = zxid;
        _nodes.Add(path, new ModelNode
        {
            Data = op.Data, Czxid = zxid, Mzxid = zxid, Pzxid = zxid, CtimeMs = timeMs, MtimeMs = timeMs, Acl = acl,
            Session = op.Flags is 1 or 3 ? session : 0,
        });
        (_made, _madeStat) = (path, StatOf(path));
        if (path.StartsWith("/zookeeper/quota/", StringComparison.Ordinal) && path.EndsWith("/zookeeper_stats", StringComparison.Ordinal))
        {
            var subject = path["/zookeeper/quota".Length..^"/zookeeper_stats".Length];
            var under = _nodes.Where(n => n.Key == subject || n.Key.StartsWith(subject + "/", StringComparison.Ordinal)).ToList();
            _nodes[path].Data = Encoding.ASCII.GetBytes($"count={under.Count},bytes={under.Sum(n => n.Value.Data?.Length ?? 0)}");
        }

        Count(path, op.Data?.Length ?? 0, 1);
        Events.Add($"Created {path}");
        Events.Add($"ChildrenChanged {above}");
        return TreeErrorCode.Ok;
    }

    private TreeErrorCode Delete(TreeOp op, IReadOnlyList<ZnodeIdentity> caller, long zxid)
    {
        if (!op.Path.Contains('/') || op.Path is "/" or "/zookeeper" or "/zookeeper/quota" or "/zookeeper/config")
        {
            return TreeErrorCode.BadArguments;
        }

        var above = op.Path[..op.Path.LastIndexOf('/')];
        if (!_nodes.TryGetValue(above.Length == 0 ? "/" : above, out var parent))
        {
            return TreeErrorCode.NoNode;
        }

        var error = !May(parent, ZnodePermissions.Delete, caller) ? TreeErrorCode.NoAuth
            : !_nodes.TryGetValue(op.Path, out var node) ? TreeErrorCode.NoNode
            : op.Version != -1 && op.Version != node.Version ? TreeErrorCode.BadVersion
            : ChildrenOf(op.Path).Count > 0 ? TreeErrorCode.NotEmpty
            : TreeErrorCode.Ok;
        if (error == TreeErrorCode.Ok)
        {
            Remove(op.Path, zxid);
        }

        return error;
    }

    private void Remove(string path, long zxid)
    {
        var above = path[..path.LastIndexOf('/')];
        above = above.Length == 0 ? "/" : above;
        var bytes = _nodes[path].Data?.Length ?? 0;
        _nodes.Remove(path);
        _nodes[above].Pzxid = zxid;
        Count(path, -bytes, -1);
        Events.Add($"Deleted {path}");
        Events.Add($"ChildrenChanged {above}");
    }

    private TreeErrorCode SetData(TreeOp op, IReadOnlyList<ZnodeIdentity> caller, long zxid, long timeMs)
    {
        if (Reach(op.Path, ZnodePermissions.Write, caller, out var node) is not TreeErrorCode.Ok and var error)
        {
            return error;
        }

        var more = (op.Data?.Length ?? 0) - (node.Data?.Length ?? 0);
        if (Quota(op.Path, op.Data, more, 0) is not TreeErrorCode.Ok and var exceeded)
        {
            return exceeded;
        }

        if (op.Version != -1 && op.Version != node.Version)
        {
            return TreeErrorCode.BadVersion;
        }

        (node.Data, node.Version, node.MtimeMs, node.Mzxid) = (op.Data, node.Version + 1, timeMs, zxid);
        _madeStat = StatOf(op.Path);
        Count(op.Path, more, 0);
        Events.Add($"DataChanged {op.Path}");
        return TreeErrorCode.Ok;
    }

    private TreeErrorCode SetAcl(TreeOp op, IReadOnlyList<ZnodeIdentity> caller)
    {
        if (!IsValid(op.Path))
        {
            return TreeErrorCode.BadArguments;
        }

        if (Fix(op.Acl, caller) is not { } acl)
        {
            return TreeErrorCode.InvalidAcl;
        }

        if (Reach(op.Path, ZnodePermissions.Admin, caller, out var node) is not TreeErrorCode.Ok and var error)
        {
            return error;
        }

        if (op.Version != -1 && op.Version != node.Aversion)
        {
            return TreeErrorCode.BadVersion;
        }

        (node.Acl, node.Aversion) = (acl, node.Aversion + 1 == -1 ? 0 : node.Aversion + 1);
        _madeStat = StatOf(op.Path);
        return TreeErrorCode.Ok;
    }

    private TreeErrorCode Check(TreeOp op, IReadOnlyList<ZnodeIdentity> caller) =>
        Reach(op.Path, ZnodePermissions.Read, caller, out var node) is not TreeErrorCode.Ok and var error ? error
        : op.Version != -1 && op.Version != node.Version ? TreeErrorCode.BadVersion
        : TreeErrorCode.Ok;

    private TreeErrorCode Reach(string path, ZnodePermissions wanted, IReadOnlyList<ZnodeIdentity> caller, out ModelNode node)
    {
        node = null!;
        return !IsValid(path) ? TreeErrorCode.BadArguments
            : !_nodes.TryGetValue(path, out node!) ? TreeErrorCode.NoNode
            : May(node, wanted, caller) ? TreeErrorCode.Ok
            : TreeErrorCode.NoAuth;
    }

    private string? QuotaOf(string path)
    {
        var parts = path.Split('/')[1..];
        for (var length = parts.Length; length > 0; length--)
        {
            var prefix = "/" + string.Join('/', parts[..length]);
            if (_nodes.ContainsKey($"/zookeeper/quota{prefix}/zookeeper_limits"))
            {
                return prefix == "/zookeeper" ? null : prefix;
            }
        }

        return null;
    }

    private TreeErrorCode Quota(string path, byte[]? data, int bytesMore, int countMore)
    {
        if (path.StartsWith("/zookeeper/quota/", StringComparison.Ordinal) && path.Split('/')[^1] is "zookeeper_limits" or "zookeeper_stats"
            && path.StartsWith("/zookeeper/quota/", StringComparison.Ordinal)
            && (path.Split('/').Length == 4 || data is null || (data.Length > 0 && !Encoding.ASCII.GetString(data).Contains('='))))
        {
            return TreeErrorCode.BadArguments;
        }

        if (QuotaOf(path) is not { } quota || !_nodes.TryGetValue($"/zookeeper/quota{quota}/zookeeper_stats", out var statsNode))
        {
            return TreeErrorCode.Ok;
        }

        var limits = Pairs(_nodes[$"/zookeeper/quota{quota}/zookeeper_limits"].Data);
        var stats = Pairs(statsNode.Data);
        bool Exceeds(string name, string limit, int more) => more != 0 && limits.GetValueOrDefault(limit, -1) is > -1 and var most
            && stats.GetValueOrDefault(name, -1) + more > most;
        return Exceeds("count", "countHardLimit", countMore) || Exceeds("bytes", "byteHardLimit", bytesMore) ? TreeErrorCode.QuotaExceeded : TreeErrorCode.Ok;
    }

    private void Count(string path, int bytesMore, int countMore)
    {
        if (QuotaOf(path) is { } quota && _nodes.TryGetValue($"/zookeeper/quota{quota}/zookeeper_stats", out var node))
        {
            var stats = Pairs(node.Data);
            node.Data = Encoding.ASCII.GetBytes(
                $"count={stats.GetValueOrDefault("count", -1) + countMore},bytes={stats.GetValueOrDefault("bytes", -1) + bytesMore}");
        }
    }

    private static Dictionary<string, long> Pairs(byte[]? data) => Encoding.ASCII.GetString(data ?? [])
        .Split([',', ';'], StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('='))
        .ToDictionary(p => p[0], p => long.Parse(p[1], CultureInfo.InvariantCulture));

    private static bool IsValid(string path) =>
        path == "/" || (path.StartsWith('/') && path[1..].Split('/').All(n => n is not "" and not "." and not ".." && n.All(c => c is >= ' ' and < '\x7f')));

    private static bool May(ModelNode node, ZnodePermissions wanted, IReadOnlyList<ZnodeIdentity> caller) =>
        caller.Any(c => c.Scheme == "super")
        || node.Acl.Any(a => (a.Permissions & wanted) != 0 && (a.Scheme == "world" || caller.Any(c => c.Scheme == a.Scheme && c.Id == a.Id)));

    private static List<ZnodeAcl>? Fix(IReadOnlyList<ZnodeAcl>? acl, IReadOnlyList<ZnodeIdentity> caller)
    {
        var fixedUp = new List<ZnodeAcl>();
        foreach (var entry in (acl ?? []).Distinct())
        {
            var proven = caller.Where(c => c.Scheme == "digest").Select(c => entry with { Scheme = c.Scheme, Id = c.Id }).ToList();
            if ((entry.Scheme == "auth" && proven.Count == 0) || entry.Scheme is not ("auth" or "world" or "digest" or "ip")
                || (entry.Scheme == "digest" && entry.Id!.Count(c => c == ':') != 1))
            {
                return null;
            }

            fixedUp.AddRange(entry.Scheme == "auth" ? proven : [entry]);
        }

        return fixedUp.Count == 0 ? null : fixedUp;
    }
}
