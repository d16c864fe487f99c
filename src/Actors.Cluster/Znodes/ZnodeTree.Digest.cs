using System.Numerics;

namespace Actors.Cluster.Znodes;

/// <summary>
/// The digest of all znodes: a wrapping sum, so that a change costs its own size. Replicas that applied the same commands have the same.
/// </summary>
internal sealed partial class ZnodeTree
{
    private const ulong Prime1 = 0x9E37_79B1_85EB_CA87;
    private const ulong Prime2 = 0xC2B2_AE3D_27D4_EB4F;

    /// <summary>Digest of paths, stats, data, access lists.</summary>
    public ulong Digest { get; private set; }

    private void AddDigest(int index) => Digest += DigestOf(index);

    /// <summary>A slot in use is about to change or go.</summary>
    private void Touch(int index)
    {
        SaveAhead(index);
        Digest -= DigestOf(index);
    }

    private ulong DigestOf(int index)
    {
        ref var node = ref _slab[index];
        var hash = Mix(node.PathHash, (ulong)node.Czxid);
        hash = Mix(hash, (ulong)node.Mzxid);
        hash = Mix(hash, (ulong)node.Pzxid);
        hash = Mix(hash, (ulong)node.CtimeMs);
        hash = Mix(hash, (ulong)node.MtimeMs);
        hash = Mix(hash, (ulong)node.Owner);
        hash = Mix(hash, ((ulong)(uint)node.Version << 32) | (uint)node.Creations);
        hash = Mix(hash, ((ulong)(uint)node.Aversion << 32) | (uint)node.DataLength);
        hash = Mix(hash, Acls.DigestOf(node.Acl));
        return Mix(hash, node.DataHash);
    }

    private static ulong Mix(ulong hash, ulong word)
    {
        hash = BitOperations.RotateLeft(hash ^ (word * Prime2), 27) * Prime1;
        return hash ^ (hash >> 29);
    }
}
