using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Node.Tree;

/// <summary>Names told under the gate, copied to be looked at outside of it.</summary>
internal sealed class NameSlice : IZnodeNames
{
    private readonly List<int> _ends = [];
    private byte[] _bytes = new byte[4096];
    private int _length;

    public void Begin(int count)
    {
    }

    public void Add(ReadOnlySpan<byte> name)
    {
        if (_bytes.Length - _length < name.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_length + name.Length, _bytes.Length * 2));
        }

        name.CopyTo(_bytes.AsSpan(_length));
        _length += name.Length;
        _ends.Add(_length);
    }

    public void Clear()
    {
        _ends.Clear();
        _length = 0;
    }

    public void CopyTo(ChosenChildren chosen)
    {
        var start = 0;
        foreach (var end in _ends)
        {
            chosen.Offer(_bytes.AsSpan(start, end - start));
            start = end;
        }
    }
}

/// <summary>The first names of a page, in ordinal order, out of names that come in any order: never more of them are kept than the page has.</summary>
internal sealed class ChosenChildren(ZnodeChildrenQuery query)
{
    // The greatest name on top: the one to give up when a lesser one comes.
    private readonly PriorityQueue<byte[], byte[]> _kept = new(Comparer<byte[]>.Create(static (a, b) => b.AsSpan().SequenceCompareTo(a)));
    private readonly bool _anyCase = query.Contains.Span.IndexOfAnyInRange((byte)'A', (byte)'Z') < 0;
    private byte[] _lower = new byte[256];
    private int _matching;
    private int _behind;

    public ZnodeStat Parent { get; set; }

    public void Offer(ReadOnlySpan<byte> name)
    {
        if (!query.Contains.IsEmpty && !Contains(name))
        {
            return;
        }

        _matching++;
        if (!query.After.IsEmpty && name.SequenceCompareTo(query.After.Span) <= 0)
        {
            return;
        }

        _behind++;
        if (_kept.Count < query.Limit)
        {
            var copy = name.ToArray();
            _kept.Enqueue(copy, copy);
        }
        else if (_kept.Count > 0 && name.SequenceCompareTo(_kept.Peek()) < 0)
        {
            var copy = name.ToArray();
            _kept.EnqueueDequeue(copy, copy);
        }
    }

    public void Clear()
    {
        _kept.Clear();
        _matching = _behind = 0;
    }

    public ZnodeChildrenPage ToPage(bool isWhole)
    {
        byte[][] names = [.. _kept.UnorderedItems.Select(item => item.Element)];
        Array.Sort(names, static (a, b) => a.AsSpan().SequenceCompareTo(b));
        return new ZnodeChildrenPage(Parent, names, _matching, _behind > names.Length, isWhole);
    }

    private bool Contains(ReadOnlySpan<byte> name)
    {
        if (!_anyCase)
        {
            return name.IndexOf(query.Contains.Span) >= 0;
        }

        if (_lower.Length < name.Length)
        {
            _lower = new byte[name.Length * 2];
        }

        for (var i = 0; i < name.Length; i++)
        {
            _lower[i] = name[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(name[i] | 0x20) : name[i];
        }

        return _lower.AsSpan(0, name.Length).IndexOf(query.Contains.Span) >= 0;
    }
}
