namespace Actors.Model.Znodes;

/// <summary>Somebody, by a scheme: world, auth, digest, ip, x509, sasl, super.</summary>
/// <param name="Scheme">How they are known.</param>
/// <param name="Id">Who; a digest's password only as its hash.</param>
public readonly record struct ZnodeIdentity(string Scheme, string Id);

/// <summary>One entry of an access list.</summary>
/// <param name="Permissions">What is allowed.</param>
/// <param name="Scheme">The scheme, or null as it may arrive.</param>
/// <param name="Id">Who, or null as it may arrive.</param>
public readonly record struct ZnodeAcl(ZnodePermissions Permissions, string? Scheme, string? Id)
{
    /// <summary>Everything to everybody.</summary>
    public static ZnodeAcl Open { get; } = new(ZnodePermissions.All, "world", "anyone");

    /// <summary>Reading to everybody.</summary>
    public static ZnodeAcl ReadOnly { get; } = new(ZnodePermissions.Read, "world", "anyone");
}
