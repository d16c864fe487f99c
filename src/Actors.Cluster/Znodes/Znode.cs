using System.Runtime.InteropServices;
using Actors.Model.Znodes;

namespace Actors.Cluster.Znodes;

/// <summary>One znode: a struct in a slab. What it refers to is an index into a slab, an arena or a table.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Znode
{
    /// <summary><see cref="Parent"/> of a slot without a znode.</summary>
    public const int Free = -2;

    /// <summary><see cref="Parent"/> of the root.</summary>
    public const int NoParent = -1;

    /// <summary><see cref="Owner"/> of a container, as ZooKeeper's EphemeralType has it.</summary>
    public const long ContainerOwner = long.MinValue;

    /// <summary>The longest time to live, in ms: 40 bits.</summary>
    public const long MaxTtlMs = 0xFF_FFFF_FFFF;

    private const long TtlMark = unchecked((long)0xFF00_0000_0000_0000);

    public long Czxid;
    public long Mzxid;
    public long Pzxid;
    public long CtimeMs;
    public long MtimeMs;
    public long Owner;
    public ulong PathHash;
    public ulong IndexHash; // of this process only
    public ulong DataHash;
    public int Version;
    public int Creations;
    public int Aversion;
    public int Acl;
    public int Parent;
    public int FirstChild;
    public int NextSibling;
    public int PreviousSibling;
    public int NextInBucket;
    public int ChildCount;
    public int Name;
    public int NameLength;
    public int Data;
    public int DataLength;

    public readonly bool IsEphemeral => Owner != 0 && !IsContainer && !HasTtl;

    public readonly bool IsContainer => Owner == ContainerOwner;

    public readonly bool HasTtl => (Owner & TtlMark) == TtlMark;

    public readonly long TtlMs => Owner & MaxTtlMs;

    public readonly ZnodeStat Stat => new(
        Czxid, Mzxid, CtimeMs, MtimeMs, Version, unchecked((Creations * 2) - ChildCount), Aversion, IsEphemeral ? Owner : 0,
        Math.Max(DataLength, 0), ChildCount, Pzxid);

    /// <summary>Whether a session may have this id: it must not look like one of the marks.</summary>
    public static bool MayOwn(long sessionId) => new Znode { Owner = sessionId }.IsEphemeral;

    public static long OwnerOfTtl(long ttlMs) => TtlMark | ttlMs;
}
