using System.Text;
using Actors.Cluster.Znodes;

namespace Actors.Tests.Znodes;

/// <summary>The keyed hash of the index by path.</summary>
public sealed class PathIndexKeyTests
{
    [Fact]
    public void Names_of_any_length_spread_over_the_buckets()
    {
        var key = new PathIndexKey(0x0123_4567_89AB_CDEF, 42);
        var buckets = new int[1 << 12];
        for (var i = 0; i < 1 << 14; i++)
        {
            var name = Encoding.ASCII.GetBytes(new string('n', i % 40) + i);
            buckets[key.Child(key.Root, name) & 0xFFF]++;
        }

        Assert.InRange(buckets.Max(), 4, 20); // four on average
    }

    [Fact]
    public void Names_that_share_a_hash_under_one_key_do_not_under_another()
    {
        // With this key the second half of every name of 16 bytes that is its first word multiplies to nothing.
        var second = "CHOSEN-1"u8;
        var known = new PathIndexKey(BitConverter.ToUInt64(second), 1);
        var other = new PathIndexKey(BitConverter.ToUInt64(second) + 1, 1);
        var (knownHashes, otherHashes) = (new HashSet<ulong>(), new HashSet<ulong>());
        for (var i = 0; i < 1000; i++)
        {
            byte[] name = [.. Encoding.ASCII.GetBytes($"{i:d8}"), .. second];
            knownHashes.Add(known.Child(known.Root, name));
            otherHashes.Add(other.Child(other.Root, name));
        }

        Assert.Single(knownHashes);
        Assert.Equal(1000, otherHashes.Count);
    }
}
