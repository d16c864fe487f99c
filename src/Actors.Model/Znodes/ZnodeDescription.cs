namespace Actors.Model.Znodes;

/// <summary>A znode's Stat and what its Stat does not tell: ZooKeeper shows containers and znodes with a time to live as plain ones.</summary>
/// <param name="Stat">Its Stat.</param>
/// <param name="Kind">Persistent, ephemeral, container or with a time to live; whether it was numbered is not remembered.</param>
/// <param name="TtlMs">Its time to live in ms, or -1.</param>
public readonly record struct ZnodeDescription(ZnodeStat Stat, CreateMode Kind, long TtlMs);
