using System.Collections.Immutable;
using System.Text;
using Actors.Abstractions;
using Actors.Model.Ports;

namespace Actors.Grains;

/// <summary>
/// A page of names: the first ones in ordinal order behind a given one, as many as an answer takes. Children lie in no order, so all are
/// looked at, and no more than a page is held.
/// </summary>
internal sealed class NamePage : IZnodeNames
{
    private readonly SortedSet<byte[]> _names = new(ByOrdinal.Instance);
    private readonly byte[]? _after;
    private readonly int _maxNames;
    private long _bytes;

    public NamePage(ZnodeRead read)
    {
        _after = read.After is null ? null : Encoding.UTF8.GetBytes(read.After);
        _maxNames = read.MaxNames > 0 ? Math.Min(read.MaxNames, TreeLimits.MaxNamesOfPage) : TreeLimits.MaxNamesOfPage;
    }

    /// <summary>Whether there are names behind those of the page.</summary>
    public bool HasMore { get; private set; }

    public void Begin(int count)
    {
    }

    public void Add(ReadOnlySpan<byte> name)
    {
        if (_after is not null && name.SequenceCompareTo(_after) <= 0)
        {
            return;
        }

        if (HasMore && _names.Max is { } last && name.SequenceCompareTo(last) > 0)
        {
            return;
        }

        _names.Add(name.ToArray());
        _bytes += name.Length;
        while (_names.Count > _maxNames || (_bytes > TreeLimits.MaxBytesOfPage && _names.Count > 1))
        {
            var dropped = _names.Max!;
            _names.Remove(dropped);
            _bytes -= dropped.Length;
            HasMore = true;
        }
    }

    public ImmutableArray<string> Take() => [.. _names.Select(Encoding.UTF8.GetString)];

    private sealed class ByOrdinal : IComparer<byte[]>
    {
        public static ByOrdinal Instance { get; } = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
