using System.Collections.Immutable;

namespace Actors.Abstractions;

/// <summary>
/// What a caller shows to be somebody, as ZooKeeper's <c>addauth</c> takes it. For <c>digest</c> it is <c>user:password</c> in clear, since
/// the hash of it is what access lists hold and anybody may read them; the silo hashes it before it becomes part of a command.
/// </summary>
/// <param name="Scheme">How the caller is known: <c>digest</c>.</param>
/// <param name="Secret">What proves it, as bytes.</param>
[GenerateSerializer, Immutable, Alias("actors.tree-credential")]
public readonly record struct TreeCredential([property: Id(0)] string Scheme, [property: Id(1)] ImmutableArray<byte> Secret);
