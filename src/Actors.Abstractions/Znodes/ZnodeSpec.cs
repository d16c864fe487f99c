using System.Collections.Immutable;

namespace Actors.Abstractions;

/// <summary>A znode to create.</summary>
[GenerateSerializer, Immutable, Alias("actors.znode-spec")]
public sealed record ZnodeSpec
{
    /// <summary>A persistent one without data, open to everybody.</summary>
    public static ZnodeSpec Empty { get; } = new();

    /// <summary>Its data. Default: null.</summary>
    public ReadOnlyMemory<byte>? Data
    {
        get => ZnodeBytes.AsMemory(Bytes);
        init => Bytes = ZnodeBytes.Of(value);
    }

    [Id(0)] internal byte[]? Bytes { get; init; }

    /// <summary>What kind it is. Default: persistent. An ephemeral one needs a session.</summary>
    [Id(1)] public CreateMode Mode { get; init; }

    /// <summary>Time to live in ms, for the kinds that have one; else -1, the default.</summary>
    [Id(2)] public long TtlMs { get; init; } = -1;

    /// <summary>Who may what. Default: everything to everybody.</summary>
    [Id(3)] public ImmutableArray<ZnodeAcl> Acl { get; init; } = [ZnodeAcl.Open];
}
