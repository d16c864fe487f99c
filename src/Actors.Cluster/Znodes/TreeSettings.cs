namespace Actors.Cluster.Znodes;

/// <summary>What changes outcomes in the tree: state of the cluster, never a node's configuration.</summary>
/// <param name="SkipAcl">Nobody is refused for an access list; default false.</param>
/// <param name="EnforceQuota">Hard quotas refuse; default true.</param>
/// <param name="ExtendedTypes">Znodes with a time to live may be created; default true.</param>
/// <param name="SuperDigest">What makes a digest the super user, <c>super:HASH</c>, or null. Listeners use it.</param>
public readonly record struct TreeSettings(bool SkipAcl, bool EnforceQuota, bool ExtendedTypes, string? SuperDigest)
{
    /// <summary>Before any command changed them.</summary>
    public static TreeSettings Default { get; } = new(false, true, true, null);
}
