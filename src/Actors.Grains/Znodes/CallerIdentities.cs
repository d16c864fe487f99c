using System.Security.Cryptography;
using System.Text;
using Actors.Abstractions;
using Actors.Model.Ports;
using Actors.Model.Znodes;

namespace Actors.Grains;

/// <summary>
/// Who a caller is for access lists. Orleans does not tell a client's address, so there is no <c>ip</c> identity here; world is everybody
/// without one.
/// </summary>
internal static class CallerIdentities
{
    private const string Digest = "digest";

    /// <summary>The identities, or null where a credential is none. A digest's password becomes its hash and goes no farther.</summary>
    public static IReadOnlyList<ZnodeIdentity>? Of(TreeCaller caller, TreeClientSettings settings)
    {
        if (caller.Credentials.IsDefaultOrEmpty)
        {
            return [];
        }

        if (caller.Credentials.Length > TreeLimits.MaxCredentials)
        {
            return null;
        }

        var identities = new List<ZnodeIdentity>(caller.Credentials.Length);
        foreach (var credential in caller.Credentials)
        {
            if (credential.Scheme != Digest || credential.Secret.IsDefault || credential.Secret.Length > TreeLimits.MaxCredentialBytes)
            {
                return null;
            }

            var digest = DigestOf(credential.Secret.AsSpan());
            if (settings.SuperDigest.Length > 0 && digest == settings.SuperDigest)
            {
                identities.Add(new ZnodeIdentity("super", ""));
            }

            identities.Add(new ZnodeIdentity(Digest, digest));
        }

        return identities;
    }

    /// <summary>As DigestAuthenticationProvider.generateDigest: <c>user:base64(sha1(user:password))</c>. SHA-1 is ZooKeeper's choice.</summary>
#pragma warning disable CA5350 // weak, and what every stored access list has
    private static string DigestOf(ReadOnlySpan<byte> credentials)
    {
        var colon = credentials.IndexOf((byte)':');
        var user = Encoding.UTF8.GetString(colon < 0 ? credentials : credentials[..colon]);
        return $"{user}:{Convert.ToBase64String(SHA1.HashData(credentials))}";
    }
#pragma warning restore CA5350
}
