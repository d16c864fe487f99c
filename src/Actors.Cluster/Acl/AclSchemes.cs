using System.Net;
using System.Net.Sockets;
using Actors.Model.Znodes;

namespace Actors.Cluster.Acl;

/// <summary>The schemes: which ids they accept and whom these ids mean. After ZooKeeper's authentication providers.</summary>
internal static class AclSchemes
{
    public const string World = "world";
    public const string Anyone = "anyone";
    public const string Auth = "auth";
    public const string Digest = "digest";
    public const string Ip = "ip";
    public const string X509 = "x509";
    public const string Sasl = "sasl";
    public const string Super = "super";

    /// <summary>Whether somebody known by this scheme has shown who they are: an address is no proof, and super is none of its own.</summary>
    public static bool IsAuthenticated(string scheme) => scheme is Digest or X509 or Sasl;

    /// <summary>
    /// Whether a list may name this id. x509 and sasl are refused as ZooKeeper refuses them whose providers are not set up: nobody could ever
    /// be known by them here. What an earlier version has let into a list stays there and is matched.
    /// </summary>
    public static bool IsValid(string scheme, string? id) => scheme switch
    {
        Digest => id is not null && id.Split(':').Length == 2,
        Ip => id is not null && TryParse(id, out _, out _),
        _ => false,
    };

    /// <summary>
    /// The list as it is kept: duplicates out, "auth" replaced by the caller's ids. Null where ZooKeeper answers InvalidACL.
    /// </summary>
    public static AccessList? FixUp(AccessList? list, IReadOnlyList<ZnodeIdentity> caller)
    {
        if (list is null || list.Entries.Count == 0)
        {
            return null;
        }

        if (list.Entries.Count == 1 && list.Entries[0] is { Scheme: World, Id: Anyone })
        {
            return list;
        }

        var kept = new List<ZnodeAcl>(list.Entries.Count);
        for (var i = 0; i < list.Entries.Count; i++)
        {
            var entry = list.Entries[i];
            if (IsRepeated(list.Entries, i))
            {
                continue;
            }

            if (entry is { Scheme: World, Id: Anyone })
            {
                kept.Add(entry);
            }
            else if (entry.Scheme == Auth)
            {
                var before = kept.Count;
                foreach (var identity in caller)
                {
                    if (IsAuthenticated(identity.Scheme))
                    {
                        kept.Add(new ZnodeAcl(entry.Permissions, identity.Scheme, identity.Id));
                    }
                }

                if (kept.Count == before)
                {
                    return null;
                }
            }
            else if (entry.Scheme is not null && IsValid(entry.Scheme, entry.Id))
            {
                kept.Add(entry);
            }
            else
            {
                return null;
            }
        }

        return new AccessList(kept);
    }

    /// <summary>Whether one of the caller's ids may do it.</summary>
    public static bool Allows(AccessList list, ZnodePermissions wanted, IReadOnlyList<ZnodeIdentity> caller)
    {
        if (list.Entries.Count == 0)
        {
            return true;
        }

        for (var i = 0; i < caller.Count; i++)
        {
            if (caller[i].Scheme == Super)
            {
                return true;
            }
        }

        for (var i = 0; i < list.Entries.Count; i++)
        {
            var entry = list.Entries[i];
            if ((entry.Permissions & wanted) == 0)
            {
                continue;
            }

            if (entry is { Scheme: World, Id: Anyone })
            {
                return true;
            }

            for (var j = 0; j < caller.Count; j++)
            {
                if (caller[j].Scheme == entry.Scheme && Matches(caller[j], entry.Id!))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Matches(in ZnodeIdentity identity, string id)
    {
        if (identity.Scheme != Ip)
        {
            return identity.Id == id;
        }

        if (!TryParse(identity.Id, out var address, out _) || !TryParse(id, out var wanted, out var bits) || address.Length != wanted.Length)
        {
            return false;
        }

        for (var i = 0; i < bits; i++)
        {
            if (((address[i / 8] ^ wanted[i / 8]) & (0x80 >> (i % 8))) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsRepeated(IReadOnlyList<ZnodeAcl> entries, int index)
    {
        for (var i = 0; i < index; i++)
        {
            if (entries[i] == entries[index])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An address with an optional number of bits behind a slash.</summary>
    private static bool TryParse(string id, out byte[] address, out int bits)
    {
        var slash = id.IndexOf('/', StringComparison.Ordinal);
        var text = slash < 0 ? id : id[..slash];
        address = ParseV4(text)
            ?? (text.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(text, out var v6) && v6.AddressFamily == AddressFamily.InterNetworkV6
                ? v6.GetAddressBytes() : []);
        bits = address.Length * 8;
        return address.Length > 0 && (slash < 0 || (TryParseNumber(id[(slash + 1)..], address.Length * 8, out bits)));
    }

    private static byte[]? ParseV4(string text)
    {
        var parts = text.Split('.');
        var bytes = new byte[4];
        if (parts.Length != bytes.Length)
        {
            return null;
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            if (!TryParseNumber(parts[i], 255, out var value))
            {
                return null;
            }

            bytes[i] = (byte)value;
        }

        return bytes;
    }

    private static bool TryParseNumber(string text, int most, out int value)
    {
        value = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit(digit) || (value = (value * 10) + (digit - '0')) > most)
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
