using Actors.Cluster.Catalog;
using Actors.Cluster.Commands;

namespace Actors.Cluster.Acl;

/// <summary>The access lists in use, each kept once and counted: most znodes share a few.</summary>
internal sealed class AclTable
{
    /// <summary>No list.</summary>
    public const int None = -1;

    private readonly List<Entry?> _entries = [];
    private readonly Stack<int> _free = new();
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly CommandWriter _scratch = new();
    private int _open = None;

    /// <summary>Number of lists.</summary>
    public int Count => _index.Count;

    public AccessList this[int acl] => _entries[acl]!.List;

    public ulong DigestOf(int acl) => _entries[acl]!.Digest;

    /// <summary>The list's place, with one reference more.</summary>
    public int Acquire(AccessList list)
    {
        if (ReferenceEquals(list, AccessList.Open) && _open >= 0 && _entries[_open] is { } open)
        {
            open.References++;
            return _open;
        }

        var key = KeyOf(list);
        if (!_index.TryGetValue(key, out var acl))
        {
            if (!_free.TryPop(out acl))
            {
                acl = _entries.Count;
                _entries.Add(null);
            }

            _entries[acl] = new Entry(list, key, Digest64.Compute(_scratch.Written));
            _index.Add(key, acl);
        }

        _entries[acl]!.References++;
        _open = ReferenceEquals(list, AccessList.Open) ? acl : _open;
        return acl;
    }

    /// <summary>One reference more to a list that is there.</summary>
    public int Share(int acl)
    {
        _entries[acl]!.References++;
        return acl;
    }

    /// <summary>One reference less; the last one lets the list go.</summary>
    public void Release(int acl)
    {
        var entry = _entries[acl]!;
        if (--entry.References == 0)
        {
            _index.Remove(entry.Key);
            _entries[acl] = null;
            _open = acl == _open ? None : _open;
            _free.Push(acl);
        }
    }

    /// <summary>Count, then place and list of each.</summary>
    public void Encode(CommandWriter writer)
    {
        writer.WriteCount(Count);
        for (var acl = 0; acl < _entries.Count; acl++)
        {
            if (_entries[acl] is { } entry)
            {
                writer.WriteInt32(acl);
                entry.List.Encode(writer);
            }
        }
    }

    /// <summary>Takes lists from a snapshot, at their places, without references yet.</summary>
    public bool Decode(ref CommandReader reader)
    {
        var count = reader.ReadCount(leastBytesEach: 5);
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            var acl = reader.ReadInt32();
            var list = AccessList.Decode(ref reader);
            if (reader.Failed || list is null || acl < _entries.Count || acl > CommandReader.MaxCount)
            {
                return false;
            }

            while (_entries.Count < acl)
            {
                _free.Push(_entries.Count);
                _entries.Add(null);
            }

            var key = KeyOf(list);
            _entries.Add(new Entry(list, key, Digest64.Compute(_scratch.Written)));
            _index.Add(key, acl);
        }

        return !reader.Failed;
    }

    /// <summary>Whether a snapshot's znode may name this list.</summary>
    public bool Has(int acl) => acl >= 0 && acl < _entries.Count && _entries[acl] is not null;

    private string KeyOf(AccessList list)
    {
        _scratch.Clear();
        list.Encode(_scratch);
        return Convert.ToHexString(_scratch.Written);
    }

    private sealed class Entry(AccessList list, string key, ulong digest)
    {
        public AccessList List { get; } = list;
        public string Key { get; } = key;
        public ulong Digest { get; } = digest;
        public int References { get; set; }
    }
}
