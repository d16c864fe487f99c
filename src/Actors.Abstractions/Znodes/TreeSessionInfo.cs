using System.Collections.Immutable;

namespace Actors.Abstractions;

/// <summary>A session.</summary>
/// <param name="SessionId">Its id.</param>
/// <param name="Password">What proves that it is the caller's: 16 bytes. Whoever has it may use the session.</param>
/// <param name="TimeoutMs">How long it may be silent, in ms: what was asked for, within the server's bounds.</param>
[GenerateSerializer, Immutable, Alias("actors.tree-session")]
public sealed record TreeSessionInfo(
    [property: Id(0)] long SessionId, [property: Id(1)] ImmutableArray<byte> Password, [property: Id(2)] int TimeoutMs);

/// <summary>How far a tree is.</summary>
/// <param name="Zxid">zxid of the command applied last.</param>
[GenerateSerializer, Immutable, Alias("actors.applied-zxid")]
public sealed record AppliedZxid([property: Id(0)] long Zxid);

/// <summary>How large the tree is.</summary>
/// <param name="Znodes">Znodes, the built-in ones included.</param>
/// <param name="Ephemerals">Ephemeral ones among them.</param>
/// <param name="DataBytes">Bytes of data.</param>
/// <param name="Sessions">Sessions, those of ZooKeeper clients included.</param>
/// <param name="Watches">Watches on the answering node.</param>
[GenerateSerializer, Immutable, Alias("actors.tree-status")]
public sealed record TreeStatus(
    [property: Id(0)] int Znodes, [property: Id(1)] int Ephemerals, [property: Id(2)] long DataBytes, [property: Id(3)] int Sessions,
    [property: Id(4)] int Watches);
