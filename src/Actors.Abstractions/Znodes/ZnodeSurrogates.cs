namespace Actors.Abstractions;

/// <summary>How <see cref="ZnodeStat"/>, which knows no Orleans, travels in grain calls.</summary>
[GenerateSerializer, Immutable, Alias("actors.znode-stat")]
public struct ZnodeStatSurrogate
{
    /// <summary>zxid of the creation.</summary>
    [Id(0)] public long Czxid;

    /// <summary>zxid of the last change of the data.</summary>
    [Id(1)] public long Mzxid;

    /// <summary>Time of the creation, ms since 1970.</summary>
    [Id(2)] public long CtimeMs;

    /// <summary>Time of the last change of the data, ms since 1970.</summary>
    [Id(3)] public long MtimeMs;

    /// <summary>Changes of the data.</summary>
    [Id(4)] public int Version;

    /// <summary>Changes of the children.</summary>
    [Id(5)] public int Cversion;

    /// <summary>Changes of the access list.</summary>
    [Id(6)] public int Aversion;

    /// <summary>Session that it goes with, or 0.</summary>
    [Id(7)] public long EphemeralOwner;

    /// <summary>Bytes of data.</summary>
    [Id(8)] public int DataLengthBytes;

    /// <summary>Children.</summary>
    [Id(9)] public int ChildCount;

    /// <summary>zxid of the last create or delete of a child.</summary>
    [Id(10)] public long Pzxid;
}

/// <summary>Turns a <see cref="ZnodeStat"/> into what travels, and back.</summary>
[RegisterConverter]
public sealed class ZnodeStatConverter : IConverter<ZnodeStat, ZnodeStatSurrogate>
{
    /// <inheritdoc/>
    public ZnodeStat ConvertFromSurrogate(in ZnodeStatSurrogate surrogate) => new(
        surrogate.Czxid, surrogate.Mzxid, surrogate.CtimeMs, surrogate.MtimeMs, surrogate.Version, surrogate.Cversion, surrogate.Aversion,
        surrogate.EphemeralOwner, surrogate.DataLengthBytes, surrogate.ChildCount, surrogate.Pzxid);

    /// <inheritdoc/>
    public ZnodeStatSurrogate ConvertToSurrogate(in ZnodeStat value) => new()
    {
        Czxid = value.Czxid, Mzxid = value.Mzxid, CtimeMs = value.CtimeMs, MtimeMs = value.MtimeMs, Version = value.Version,
        Cversion = value.Cversion, Aversion = value.Aversion, EphemeralOwner = value.EphemeralOwner,
        DataLengthBytes = value.DataLengthBytes, ChildCount = value.ChildCount, Pzxid = value.Pzxid,
    };
}

/// <summary>How <see cref="ZnodeAcl"/> travels in grain calls.</summary>
[GenerateSerializer, Immutable, Alias("actors.znode-acl")]
public struct ZnodeAclSurrogate
{
    /// <summary>What is allowed.</summary>
    [Id(0)] public ZnodePermissions Permissions;

    /// <summary>The scheme.</summary>
    [Id(1)] public string? Scheme;

    /// <summary>Who.</summary>
    [Id(2)] public string? Id;
}

/// <summary>Turns a <see cref="ZnodeAcl"/> into what travels, and back.</summary>
[RegisterConverter]
public sealed class ZnodeAclConverter : IConverter<ZnodeAcl, ZnodeAclSurrogate>
{
    /// <inheritdoc/>
    public ZnodeAcl ConvertFromSurrogate(in ZnodeAclSurrogate surrogate) => new(surrogate.Permissions, surrogate.Scheme, surrogate.Id);

    /// <inheritdoc/>
    public ZnodeAclSurrogate ConvertToSurrogate(in ZnodeAcl value) =>
        new() { Permissions = value.Permissions, Scheme = value.Scheme, Id = value.Id };
}
