using System.Diagnostics;
using System.Numerics;

namespace Actors.Cluster.Znodes;

/// <summary>
/// The index by path: chains through the slots, twice as many buckets whenever there are as many znodes. Buckets move a few at a time, with
/// each znode that comes, so that no command waits for a million of them.
/// </summary>
internal sealed partial class ZnodeTree
{
    private const int InitialBuckets = 64;

    /// <summary>Buckets that move with each new znode: all have moved before the next doubling.</summary>
    private const int MovedAtOnce = 4;

    private readonly PathIndexKey _key = PathIndexKey.Current;
    private int[] _buckets = NewBuckets(InitialBuckets);
    private int[]? _oldBuckets;
    private int _moved;

    private void Enter(int index)
    {
        ref var node = ref _slab[index];
        Count++;
        EphemeralCount += node.IsEphemeral ? 1 : 0;
        DataBytes += Math.Max(node.DataLength, 0);
        if (_oldBuckets is not null)
        {
            MoveSome();
        }
        else if (Count > _buckets.Length)
        {
            (_oldBuckets, _moved) = (_buckets, 0);
            _buckets = NewBuckets(_buckets.Length * 2);
        }

        ref var bucket = ref BucketOf(node.IndexHash);
        node.NextInBucket = bucket;
        bucket = index;
    }

    private void Leave(int index)
    {
        ref var node = ref _slab[index];
        Count--;
        EphemeralCount -= node.IsEphemeral ? 1 : 0;
        DataBytes -= Math.Max(node.DataLength, 0);
        ref var at = ref BucketOf(node.IndexHash);
        while (at != index)
        {
            at = ref _slab[at].NextInBucket;
        }

        at = node.NextInBucket;
    }

    /// <summary>Buckets for so many znodes at once, where none are there yet.</summary>
    private void ReserveBuckets(int znodes)
    {
        Debug.Assert(Count == 0, "buckets that hold znodes move by and by");
        if (znodes > _buckets.Length)
        {
            _buckets = NewBuckets((int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)znodes), 1u << 30));
        }
    }

    private ref int BucketOf(ulong hash)
    {
        if (_oldBuckets is { } old)
        {
            var bucket = (int)(hash & (uint)(old.Length - 1));
            if (bucket >= _moved)
            {
                return ref old[bucket];
            }
        }

        return ref _buckets[(int)(hash & (uint)(_buckets.Length - 1))];
    }

    private void MoveSome()
    {
        var old = _oldBuckets!;
        for (var end = Math.Min(_moved + MovedAtOnce, old.Length); _moved < end;)
        {
            var index = old[_moved++]; // from here on its znodes belong to the new buckets
            while (index != None)
            {
                ref var node = ref _slab[index];
                var next = node.NextInBucket;
                ref var bucket = ref BucketOf(node.IndexHash);
                node.NextInBucket = bucket;
                bucket = index;
                index = next;
            }
        }

        if (_moved == old.Length)
        {
            _oldBuckets = null;
        }
    }

    private static int[] NewBuckets(int count)
    {
        var buckets = new int[count];
        Array.Fill(buckets, None);
        return buckets;
    }
}
