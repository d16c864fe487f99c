namespace Actors.Cluster.Znodes;

/// <summary>The names of a znode's children, walked in no order that means anything.</summary>
public readonly ref struct ZnodeChildren
{
    private readonly ZnodeTree _tree;
    private readonly int _parent;

    internal ZnodeChildren(ZnodeTree tree, int parent)
    {
        _tree = tree;
        _parent = parent;
    }

    /// <summary>How many there are.</summary>
    public int Count => _parent == ZnodeTree.None ? 0 : _tree[_parent].ChildCount;

    /// <summary>Walks the names.</summary>
    public Enumerator GetEnumerator() => new(_tree, _parent == ZnodeTree.None ? ZnodeTree.None : _tree[_parent].FirstChild);

    /// <summary>The walk.</summary>
    public ref struct Enumerator
    {
        private readonly ZnodeTree _tree;
        private int _next;

        internal Enumerator(ZnodeTree tree, int first)
        {
            _tree = tree;
            _next = first;
        }

        /// <summary>A child's name.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Goes on.</summary>
        public bool MoveNext()
        {
            if (_next == ZnodeTree.None)
            {
                return false;
            }

            Current = _tree.NameOf(_next);
            _next = _tree[_next].NextSibling;
            return true;
        }
    }
}
