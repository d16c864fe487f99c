using System.Net;
using System.Security.Cryptography;
using System.Text;
using Actors.Model.Znodes;
using Actors.Net;
using Actors.ZooKeeper.Wire;

namespace Actors.ZooKeeper.Listener;

/// <summary>Who the client is: its address, and what it proves.</summary>
internal sealed partial class ZooKeeperConnection
{
    private const string Digest = "digest";
    private ZnodeIdentity[] _identities;

    /// <summary>What the connection has shown; another list object when something is added.</summary>
    public IReadOnlyList<ZnodeIdentity> Identities => _identities;

    /// <summary>whoAmI: a vector of <c>scheme | user</c>; of a digest the user's name only.</summary>
    public void WriteIdentities(JuteWriter writer)
    {
        writer.WriteInt32(_identities.Length);
        foreach (var identity in _identities)
        {
            writer.WriteString(identity.Scheme);
            writer.WriteString(identity.Scheme == Digest ? identity.Id.Split(':')[0] : identity.Id);
        }
    }

    private void Authenticate(TreeReply reply)
    {
        var reader = new JuteReader(reply.Frame[reply.BodyStart..]);
        var auth = AuthRequest.Read(ref reader);
        var scheme = Encoding.UTF8.GetString(auth.Scheme);
        if (reader.IsFaulty || scheme is not (Digest or "ip"))
        {
            AnswerAndClose(reply, TreeErrorCode.AuthFailed, 0);
            return;
        }

        if (scheme == Digest)
        {
            var digest = DigestOf(auth.Credentials);
            if (digest == _services.Options.SuperDigest)
            {
                Add(new ZnodeIdentity("super", ""));
            }

            Add(new ZnodeIdentity(Digest, digest));
        }

        reply.Answer(TreeErrorCode.Ok, 0);
    }

    /// <summary>
    /// A server without SASL answers with no token, as ZooKeeper does then: the client takes that for a failed authentication, and one that
    /// asked for nothing more goes on.
    /// </summary>
    private static void AnswerSasl(TreeReply reply)
    {
        var reader = new JuteReader(reply.Frame[reply.BodyStart..]);
        _ = reader.ReadBuffer();
        if (reader.IsFaulty)
        {
            throw new ConnectionFault("a SASL request cannot be read");
        }

        reply.Answer(reply.Request.Xid, static (writer, xid) =>
        {
            var frame = writer.BeginFrame();
            writer.WriteReplyHeader(xid, 0, TreeErrorCode.Ok);
            writer.WriteNull();
            writer.EndFrame(frame);
        });
    }

    private void Add(ZnodeIdentity identity)
    {
        if (_identities.Contains(identity))
        {
            return;
        }

        if (_identities.Length >= _services.Options.MaxIdentities)
        {
            throw new ConnectionFault($"more than {_services.Options.MaxIdentities} identities are added");
        }

        _identities = [.. _identities, identity];
    }

    /// <summary>As DigestAuthenticationProvider.generateDigest: <c>user:base64(sha1(user:password))</c>. SHA-1 is the protocol's choice.</summary>
#pragma warning disable CA5350 // weak, and what every client and every stored access list has
    private static string DigestOf(ReadOnlySpan<byte> credentials)
    {
        var colon = credentials.IndexOf((byte)':');
        var user = Encoding.UTF8.GetString(colon < 0 ? credentials : credentials[..colon]);
        return $"{user}:{Convert.ToBase64String(SHA1.HashData(credentials))}";
    }
#pragma warning restore CA5350
}

/// <summary>Addresses as identities have them.</summary>
internal static class AddressText
{
    /// <summary>An IPv4 address as such, also where it came mapped into IPv6.</summary>
    public static string MapToIPv4IfMapped(this IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
