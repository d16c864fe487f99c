using System.Diagnostics.CodeAnalysis;
using Actors.Cluster.Znodes;
using Actors.Model.Znodes;

namespace Actors.Cluster.Watches;

/// <summary>Who watches one path, by mode.</summary>
internal sealed class WatchEntry(byte[] path)
{
    public byte[] Path { get; } = path;

    public WatcherSet Data;
    public WatcherSet Child;
    public WatcherSet Persistent;
    public WatcherSet Recursive;

    public bool IsEmpty => Data.Count + Child.Count + Persistent.Count + Recursive.Count == 0;

    public bool Has(int watcher) => Data.Contains(watcher) || Child.Contains(watcher) || Persistent.Contains(watcher) || Recursive.Contains(watcher);

    public ref WatcherSet this[WatchMode mode]
    {
        get
        {
            switch (mode)
            {
                case WatchMode.Data:
                    return ref Data;
                case WatchMode.Child:
                    return ref Child;
                case WatchMode.Persistent:
                    return ref Persistent;
                default:
                    return ref Recursive;
            }
        }
    }
}

/// <summary>Paths as keys: found by a span of a request without a copy.</summary>
internal sealed class PathComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    private readonly PathIndexKey _key = PathIndexKey.Current;

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => (int)_key.Child(_key.Root, alternate);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}
