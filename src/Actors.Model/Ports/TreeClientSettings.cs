namespace Actors.Model.Ports;

/// <summary>What the tree grants its clients, whatever they speak: the same bounds as port 2181 has.</summary>
public sealed record TreeClientSettings
{
    /// <summary>Least session timeout in ms, default 4,000: two ticks (<c>Actors:ZooKeeper:MinSessionTimeoutMs</c>).</summary>
    public int MinSessionTimeoutMs { get; init; } = 4_000;

    /// <summary>Greatest session timeout in ms, default 40,000: twenty ticks (<c>Actors:ZooKeeper:MaxSessionTimeoutMs</c>).</summary>
    public int MaxSessionTimeoutMs { get; init; } = 40_000;

    /// <summary>What makes a digest the super user, <c>super:HASH</c>; empty: nothing does (<c>Actors:ZooKeeper:SuperDigest</c>).</summary>
    public string SuperDigest { get; init; } = "";

    /// <summary>The timeout a session gets that asks for <paramref name="askedMs"/>.</summary>
    public int Negotiate(int askedMs) => Math.Clamp(askedMs, MinSessionTimeoutMs, MaxSessionTimeoutMs);
}
