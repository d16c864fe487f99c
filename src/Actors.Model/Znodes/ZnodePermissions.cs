namespace Actors.Model.Znodes;

/// <summary>What an entry of an access list grants, with ZooKeeper's bits (ZooDefs.Perms). Nothing is inherited.</summary>
[Flags]
public enum ZnodePermissions
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Data, children, existence.</summary>
    Read = 1,
    /// <summary>Setting data.</summary>
    Write = 2,
    /// <summary>Creating children.</summary>
    Create = 4,
    /// <summary>Deleting children.</summary>
    Delete = 8,
    /// <summary>Setting the access list.</summary>
    Admin = 16,
    /// <summary>Everything.</summary>
    All = 31,
}
